import type { Storage } from '../../storage/storage.ts'
import { lockRepository } from '../repository/lock.ts'
import type { Repository } from '../repository/repository.ts'
import { copyPushes } from '../set/copy-sets.ts'
import { knownPieces } from '../set/create-set.ts'
import { listSets } from '../set/read-sets.ts'
import { pushFiles } from './push-files.ts'

/**
 * Stores uploaded files that came since the last set, so that a restore to any instant finds them.
 * @returns how many were new, and which could not be stored
 * @throws BackupError `backup.locked` while a set is made, which stores them too
 */
export async function pushOnce(
  first: Repository,
  offsite: Repository | undefined,
  storage: Storage
): Promise<{ readonly added: number; readonly faults: readonly string[] }> {
  const lock = await lockRepository(first, 'storing uploaded files')
  try {
    const pushed = await pushFiles(first, storage, await knownPieces(first, await listSets(first)), true)
    if (offsite) await copyPushes(first, offsite)
    return { added: pushed.addedFiles, faults: pushed.faults }
  } finally {
    await lock.release()
  }
}
