import { BackupError } from '../backup-error.ts'
import { asked, putStored, type Repository, readStored, sha256 } from '../repository/repository.ts'
import { type ArchivedFile, listLog } from './archived-log.ts'

/**
 * Copies what one repository has of a log and the other has not, oldest first.
 * @returns how many files were copied
 * @throws BackupError where one of them is damaged, after all others were copied
 */
export async function copyLog(from: Repository, to: Repository, system?: string): Promise<number> {
  const missing = await missingLog(from, to, system)
  await copyFiles(from, to, missing)
  return missing.length
}

/** @throws BackupError where one of them is damaged, after all others were copied */
export async function copyFiles(from: Repository, to: Repository, files: readonly ArchivedFile[]): Promise<void> {
  const damaged: string[] = []
  for (const { name, sha256: expected } of files) {
    const bytes = await readStored(from, name)
    // Expired meanwhile.
    if (bytes === undefined) continue
    if (sha256(bytes).startsWith(expected)) await putStored(to, name, bytes)
    else damaged.push(name)
  }
  if (damaged.length > 0)
    throw new BackupError(
      'backup.damaged',
      `${damaged.length} files of the log in ${from.place} are damaged, such as ${damaged[0]}. Make a new set: lyceum backup create --type full`
    )
}

/** What one repository has of a log and the other has not whole, oldest first. */
export async function missingLog(from: Repository, to: Repository, system?: string): Promise<ArchivedFile[]> {
  const there = new Map(
    (await asked(to, () => to.store.list(system === undefined ? 'wal/' : `wal/${system}/`))).map(({ name, size }) => [
      name,
      size
    ])
  )
  return (await listLog(from, system))
    .filter(({ name, size }) => there.get(name) !== size)
    .sort((one, other) => (one.file < other.file ? -1 : 1))
}
