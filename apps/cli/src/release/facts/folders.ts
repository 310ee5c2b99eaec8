import { join } from 'node:path'

/** Journals and the lock, on the machine whose processes are changed. */
export const journalFolder = (root: string): string => join(root, 'journal')

/** Where a release lies, with `release.json` at its root. */
export const releaseFolder = (root: string, name: string): string => join(root, 'releases', name)
