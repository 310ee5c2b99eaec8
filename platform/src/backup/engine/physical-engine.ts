import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { BackupError } from '../backup-error.ts'
import type { Repository } from '../repository/repository.ts'
import type { DatabasePart } from '../set/set.ts'
import { findArchived } from '../wal/archived-log.ts'
import { readPosition, segmentAt, segmentBefore, segmentName } from '../wal/log-sequence.ts'
import { readSystemIdentifier } from '../wal/pg-control.ts'
import { copyDataDirectory } from './copy-data-directory.ts'
import type { BackUpOrder, DatabaseBackup, DatabaseEngine } from './database-engine.ts'
import { recordExactPoint } from './exact-record.ts'

/** How long the log may take into the repository: PostgreSQL itself tries again after a minute. */
const ARCHIVED_WITHIN_MS = 150_000

/**
 * Copies the files of a PostgreSQL on this machine, without any program of PostgreSQL: `pg_backup_start`, the files,
 * `pg_backup_stop`, and the log by `archive_command`.
 *
 * @param options.url of a superuser
 * @param options.archivedWithinMs how long the log may take into the repository
 */
export function createPhysicalEngine({
  url,
  data,
  archivedWithinMs = ARCHIVED_WITHIN_MS
}: {
  readonly url: string
  readonly data: string
  readonly archivedWithinMs?: number
}): DatabaseEngine {
  return {
    name: 'physical',
    backUp: async (order) => {
      const client = new pg.Client({ connectionString: url, application_name: 'lyceum backup' })
      client.on('error', () => undefined)
      await client.connect()
      try {
        await mustArchive(client)
        return await backUp(client, { url, data, archivedWithinMs }, order)
      } finally {
        // Ends a backup that was begun and not finished.
        await client.end()
      }
    }
  }
}

/** @throws BackupError where no log would follow the copy */
async function mustArchive(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ mode: string; spaces: number }>(
    `select current_setting('archive_mode') as mode,
      (select count(*)::int from pg_tablespace where spcname not in ('pg_default', 'pg_global')) as spaces`
  )
  if (rows[0]?.mode === 'off')
    throw new BackupError(
      'backup.archive-off',
      'PostgreSQL was started before backups were set up and keeps no log for them. Start Lyceum again, then try again.',
      'refused'
    )
  if (rows[0]?.spaces)
    throw new BackupError(
      'backup.tablespaces',
      'The database has tablespaces of its own outside the data directory, which are not copied. Move what is in them back first.',
      'refused'
    )
}

async function backUp(
  client: pg.Client,
  { url, data, archivedWithinMs }: { readonly url: string; readonly data: string; readonly archivedWithinMs: number },
  { repository, setId, generation, known, tell }: BackUpOrder
): Promise<DatabaseBackup> {
  const system = await readSystemIdentifier(data)
  const started = await client.query<{ lsn: string; version: string; timeline: number }>(
    `select pg_backup_start($1, fast => true)::text as lsn, current_setting('server_version') as version,
      (select timeline_id from pg_control_checkpoint()) as timeline`,
    [`lyceum ${setId}`]
  )
  const [start] = started.rows
  if (start === undefined) throw new Error('PostgreSQL began no backup')
  tell('Copying the database…')
  const copied = await copyDataDirectory({ repository, data, generation, known })
  const stopped = await client.query<{ lsn: string; label: string }>(
    'select lsn::text, labelfile as label from pg_backup_stop(wait_for_archive => false)'
  )
  const [stop] = stopped.rows
  if (stop === undefined) throw new Error('PostgreSQL ended no backup')
  tell('Writing down what is in it…')
  const { record, ...restorePoint } = await recordExactPoint(url, `lyceum-${setId}`)
  const part: DatabasePart = {
    system,
    version: start.version,
    timeline: start.timeline,
    startLsn: start.lsn,
    stopLsn: stop.lsn,
    restorePoint
  }
  tell('Waiting for its log…')
  await client.query('select pg_switch_wal()')
  await waitForLog(client, repository, part, archivedWithinMs)
  return { ...copied, part, files: { ...copied.files, backupLabel: stop.label }, record }
}

/**
 * Until the whole log from the start to the restore point is in the repository. What PostgreSQL says about it is not asked: an
 * archive_command may lie.
 */
async function waitForLog(
  client: pg.Client,
  repository: Repository,
  { system, timeline, startLsn, restorePoint }: DatabasePart,
  withinMs: number
): Promise<void> {
  const deadline = performance.now() + withinMs
  const first = segmentAt(readPosition(startLsn))
  const last = segmentBefore(readPosition(restorePoint.lsn))
  for (let number = first; number <= last; number++) {
    const file = segmentName(timeline, number)
    while ((await findArchived(repository, system, file)).length === 0) {
      if (performance.now() > deadline) throw await notArchived(client, repository, file, withinMs)
      await sleep(250)
    }
  }
}

async function notArchived(
  client: pg.Client,
  repository: Repository,
  file: string,
  withinMs: number
): Promise<BackupError> {
  const { rows } = await client.query<{ command: string; archived: string | null; failed: string | null }>(
    `select current_setting('archive_command') as command, last_archived_wal as archived, last_failed_wal as failed from pg_stat_archiver`
  )
  const { command = '', archived = null, failed = null } = rows[0] ?? {}
  const claims = archived !== null && archived >= file
  return new BackupError(
    'backup.not-archived',
    claims
      ? `PostgreSQL says that its log up to ${archived} is archived, but ${file} is not in ${repository.place}: archive_command (${command}) says yes and stores nothing. Start Lyceum again, which sets its own.`
      : `${file} did not come into ${repository.place} within ${Math.round(withinMs / 1000)} seconds${failed === null ? '' : ` (${failed} failed)`}. Look into logs/postgres.log for why, then try again.`
  )
}
