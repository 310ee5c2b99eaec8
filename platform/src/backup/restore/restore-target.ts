import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { killProcessesIn } from '../../embedded-postgres/running-processes.ts'
import { BackupError } from '../backup-error.ts'

/** Lies in a home while it is being restored: what is there is not whole, and a restore may take its place. */
const MARK = 'restoring.json'
/** What a restore writes. Secrets, logs and settings that are there stay. */
const OURS = ['postgres', 'files']
export const STAGING = 'postgres-restoring'

/** @throws BackupError `backup.unfinished-restore` where a restore was broken off: nothing there may be used */
export function mustBeWhole(home: string): void {
  if (!existsSync(join(home, MARK))) return
  throw new BackupError(
    'backup.unfinished-restore',
    `A restore into ${home} was broken off, and what is there is not whole. Run it again: lyceum restore`,
    'refused'
  )
}

/** @throws BackupError where anything lies there that a restore would have to overwrite, or there is too little room */
export function mustBeEmpty(home: string, bytes: number): void {
  const inTheWay = existsSync(join(home, MARK)) ? [] : OURS.filter((name) => hasEntries(join(home, name)))
  if (inTheWay.length > 0)
    throw new BackupError(
      'backup.target-not-empty',
      `${home} is not empty (${inTheWay.join(', ')}). Nothing is overwritten: move it away (mv ${home} ${home}.before), or restore beside it: --into DIR.`,
      'refused'
    )
  const { bavail, bsize } = statfsSync(existing(home))
  if (bavail * bsize < bytes * 1.1)
    throw new BackupError(
      'backup.no-room',
      `${home} has ${Math.round((bavail * bsize) / 1024 ** 2)} MB free, and the set needs ${Math.round((bytes * 1.1) / 1024 ** 2)}. Free space, or choose another disk: --into DIR.`,
      'refused'
    )
}

/** From now on the home is not to be used, until `finish`. */
export async function beginRestore(home: string, setId: string): Promise<{ finish(): void }> {
  const mark = join(home, MARK)
  writeFileSync(mark, `${JSON.stringify({ set: setId, startedAt: new Date().toISOString() })}\n`, { flush: true })
  // A restore that was killed leaves PostgreSQL behind.
  await killProcessesIn(join(home, STAGING))
  for (const name of [STAGING, 'postgres']) rmSync(join(home, name), { recursive: true, force: true })
  return { finish: () => rmSync(mark, { force: true }) }
}

/** A folder that only waits for uploads holds nothing. */
const hasEntries = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => name !== '.incoming')

/** The folder itself may not be there yet. */
const existing = (folder: string): string => (existsSync(folder) ? folder : existing(join(folder, '..')))
