import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../embedded-postgres/embedded-postgres-error.ts'
import { layoutOf } from '../../embedded-postgres/home-layout.ts'
import { lockHome } from '../../embedded-postgres/home-lock.ts'
import { recoverData } from '../../embedded-postgres/recover-data.ts'
import type { Storage } from '../../storage/storage.ts'
import { syncFolder } from '../../storage/sync-folder.ts'
import { BackupError } from '../backup-error.ts'
import { readContentsFromAny, readManifest } from '../set/read-sets.ts'
import type { ExactRecord, Manifest, StoredUpload } from '../set/set.ts'
import { lastReachable } from '../wal/chain.ts'
import { fetchCommand, openLogDoor } from '../wal/log-door.ts'
import { createLogSource } from './log-source.ts'
import type { RestorePlan } from './plan-restore.ts'
import { type RestoredFiles, restoreFiles } from './restore-files.ts'
import { beginRestore, mustBeEmpty, STAGING } from './restore-target.ts'

export interface RestoreOrder {
  readonly plan: RestorePlan
  /** Home to restore into: empty, or not there yet. */
  readonly home: string
  /** Where uploaded files belong; opened when the home may be written. */
  readonly openStorage: () => Promise<Storage>
  readonly tell: (line: string) => void
  /** Which uploaded files; all of them where nothing is said. */
  readonly wanted?: (upload: StoredUpload) => boolean
  /** How PostgreSQL archives while it replays; what it writes is held back where nothing is said. */
  readonly archive?: Readonly<Record<string, string>>
  /**
   * What has to be done in the restored database before anybody may use it; `postgres` and `files` are in place, and nothing runs.
   * Fails the restore when it fails.
   *
   * @param record what was in the database at the restore point of the set; null where that is not known
   */
  readonly afterwards: (record: ExactRecord | null) => Promise<void>
}

export interface Restored {
  readonly files: RestoredFiles
  readonly configuration: Manifest['configuration']
  readonly secrets: Manifest['secrets']
  readonly seconds: { readonly database: number; readonly log: number; readonly files: number }
}

/**
 * How PostgreSQL is started over a restored database until the product itself starts: what it writes is kept for the archive, which
 * has to learn of the new timeline, and nothing goes there yet.
 */
export const HELD_ARCHIVE = { archive_mode: 'on', archive_command: '', archive_timeout: '0' } as const

/**
 * Brings a set and its log back into an empty home. Broken off, it leaves a mark with which the product does not start and this
 * begins anew.
 * @throws BackupError
 */
export async function restoreSet({
  plan,
  home,
  openStorage,
  tell,
  wanted,
  archive = HELD_ARCHIVE,
  afterwards
}: RestoreOrder): Promise<Restored> {
  const { set, repositories } = plan
  // Opens the seal, so a wrong identity is found before anything is written.
  const manifest = await readManifest(repositories, set)
  const contents = await readContentsFromAny(repositories, set)
  mustBeEmpty(home, set.sizes.databaseBytes + sum(manifest.files.filter(wanted ?? (() => true))))
  const layout = layoutOf(home)
  await mkdir(layout.home, { recursive: true })
  await mkdir(layout.secrets, { recursive: true, mode: 0o700 })
  await mkdir(layout.logs, { recursive: true })
  const lock = lockHome(layout)
  try {
    mustBeEmpty(home, 0)
    const restoring = await beginRestore(layout.home, set.id)
    const data = join(layout.home, STAGING)
    const times = stopwatch()
    tell('Writing the database…')
    await plan.recover.unpack({ repositories, set, manifest, contents, into: data })
    const database = times()
    tell(`Replaying ${plan.segments.length} segments of the log…`)
    await replay(plan, layout.home, data, archive)
    // Its own password is in the database, and whoever starts it next sets a new one.
    await rm(layout.passwordFile, { force: true })
    await rename(data, layout.data)
    await syncFolder(layout.home)
    const log = times()
    tell('Writing uploaded files…')
    const storage = await openStorage()
    const files = await restoreFiles({ repositories, set, uploads: manifest.files, contents, storage, wanted })
    const seconds = { database, log, files: times() }
    lock.release()
    await afterwards(manifest.record)
    restoring.finish()
    const { configuration, secrets } = manifest
    return { files, configuration, secrets, seconds }
  } finally {
    lock.release()
  }
}

async function replay(
  { segments, recovery, recover }: RestorePlan,
  home: string,
  data: string,
  archive: Readonly<Record<string, string>>
): Promise<void> {
  const source = createLogSource(
    recover.readLog,
    segments.map(({ file }) => file)
  )
  const folder = join(home, 'restore-log')
  const door = await openLogDoor(folder, source.fetch)
  try {
    const settings = { ...archive, ...recovery, restore_command: fetchCommand(folder) }
    await recoverData({ home, data, settings, programs: recover.programs })
  } catch (error) {
    const fault = source.fault()
    if (fault === undefined) throw error
    const damaged = segments.findIndex(({ file }) => messageOf(fault).includes(file))
    const until = lastReachable(damaged === -1 ? [] : segments.slice(0, damaged))?.toISOString()
    throw new BackupError(
      'backup.log-damaged',
      `${messageOf(fault)}${until === undefined ? '' : ` One can go until ${until}: --to-time ${until}`}`,
      'failed',
      { cause: error }
    )
  } finally {
    await door.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const sum = (uploads: readonly StoredUpload[]): number => uploads.reduce((total, { size }) => total + size, 0)

/** Seconds since the last time it was asked. */
function stopwatch(): () => number {
  let last = performance.now()
  return () => {
    const now = performance.now()
    const seconds = Math.round((now - last) / 100) / 10
    last = now
    return seconds
  }
}
