import { join } from 'node:path'

/** Journals and the lock, on the machine whose processes are changed. */
export const journalFolder = (root: string): string => join(root, 'journal')
