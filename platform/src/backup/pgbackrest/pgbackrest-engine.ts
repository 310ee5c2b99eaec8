import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { BackupError, wordsOf } from '../backup-error.ts'
import type { BackUpOrder, DatabaseBackup, DatabaseEngine } from '../engine/database-engine.ts'
import { recordExactPoint } from '../engine/exact-record.ts'
import type { BackupSet, DatabasePart } from '../set/set.ts'
import { readPosition, readSegmentName, segmentAt, segmentBefore, segmentName } from '../wal/log-sequence.ts'
import { listArchive, readInfo, type StanzaInfo, type StoredBackup } from './read-info.ts'
import { mustSucceed, type PgBackRestSettings, runBesideDatabase } from './run-pgbackrest.ts'

/** How long the log may take into a repository: PostgreSQL itself tries again after a minute. */
const ARCHIVED_WITHIN_MS = 150_000
const LOOK_EVERY_MS = 1000
/** Of the backups that pgBackRest has, those that belong to a set of ours. */
const ANNOTATION = 'lyceum-set'

/**
 * Lets pgBackRest copy a PostgreSQL that somebody else runs, into each of its own repositories; what a set says of it is where it lies.
 *
 * @param options.url of a role that may name restore points and read every row
 * @param options.archivedWithinMs how long the log may take into a repository
 */
export function createPgBackRestEngine({
  settings,
  url,
  archivedWithinMs = ARCHIVED_WITHIN_MS
}: {
  readonly settings: PgBackRestSettings
  readonly url: string
  readonly archivedWithinMs?: number
}): DatabaseEngine {
  return {
    name: 'pgbackrest',
    backUp: async (order) => {
      const client = new pg.Client({ connectionString: url, application_name: 'lyceum backup' })
      client.on('error', () => undefined)
      await client.connect()
      try {
        await mustBeReady(client)
        return await backUp(client, { settings, url, archivedWithinMs }, order)
      } finally {
        await client.end()
      }
    },
    stillThere: async () => {
      const { backup } = await readInfo(settings, runBesideDatabase)
      return ({ engine, database }: BackupSet) =>
        engine !== 'pgbackrest' ||
        database.pgbackrest?.stanza !== settings.BACKUP_PGBACKREST_STANZA ||
        database.pgbackrest.backups.some(({ repository, label }) =>
          backup.some((one) => one.label === label && one.database['repo-key'] === repository)
        )
    },
    expire: async () => {
      const { repo } = await readInfo(settings, runBesideDatabase)
      for (const { key } of repo)
        mustSucceed(await runBesideDatabase(settings, [`--repo=${key}`, 'expire']), `expire in its repository ${key}`)
    }
  }
}

/** Lets pgBackRest begin with a database; again it changes nothing. @returns why it cannot, null where it can */
export async function createStanza(settings: PgBackRestSettings): Promise<string | null> {
  try {
    mustSucceed(await runBesideDatabase(settings, ['stanza-create']), 'begin')
    return null
  } catch (error) {
    return wordsOf(error)
  }
}

/** @throws BackupError that says what to change in the server */
async function mustBeReady(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ mode: string; spaces: number; reads: boolean; names: boolean; role: string }>(
    `select current_setting('archive_mode') as mode, current_user as role,
      (select count(*)::int from pg_tablespace where spcname not in ('pg_default', 'pg_global')) as spaces,
      (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as reads,
      has_function_privilege('pg_catalog.pg_create_restore_point(text)', 'execute')
        and has_function_privilege('pg_catalog.pg_switch_wal()', 'execute')
        and has_function_privilege('pg_catalog.pg_control_system()', 'execute')
        and has_function_privilege('pg_catalog.pg_read_binary_file(text)', 'execute') as names`
  )
  const [found] = rows
  if (found === undefined) throw new Error('PostgreSQL says nothing of itself')
  if (found.mode === 'off')
    throw new BackupError(
      'backup.archive-off',
      'PostgreSQL keeps no log for backups. Set what “lyceum config render pgbackrest” writes for it, and start it again.',
      'refused'
    )
  if (found.spaces > 0)
    throw new BackupError(
      'backup.tablespaces',
      'The database has tablespaces of its own outside the data directory, which cannot be tried out. Move what is in them back first.',
      'refused'
    )
  if (!found.reads || !found.names)
    throw new BackupError(
      'backup.role',
      `The role ${found.role} of DATABASE_URL may not ${found.reads ? 'name restore points' : 'read every row'}. As a superuser, once, in its database: alter role ${found.role} bypassrls; grant execute on function pg_create_restore_point(text), pg_switch_wal(), pg_control_system(), pg_read_binary_file(text) to ${found.role};`,
      'refused'
    )
}

interface Place {
  readonly settings: PgBackRestSettings
  readonly url: string
  readonly archivedWithinMs: number
}

async function backUp(
  client: pg.Client,
  { settings, url, archivedWithinMs }: Place,
  { setId, type, tell }: BackUpOrder
): Promise<DatabaseBackup> {
  const { system, version, control } = await readServer(client)
  const before = await readInfo(settings, runBesideDatabase)
  const repositories = before.repo.map(({ key }) => key).sort((one, other) => one - other)
  const faults: string[] = []
  for (const repository of repositories) {
    tell(`pgBackRest copies the database to its repository ${repository}…`)
    try {
      const args = [`--repo=${repository}`, `--type=${type}`, `--annotation=${ANNOTATION}=${setId}`, 'backup']
      mustSucceed(await runBesideDatabase(settings, args), `back up to its repository ${repository}`)
    } catch (error) {
      // What is safe in one place is a backup.
      faults.push(`the database in repository ${repository} of pgBackRest: ${wordsOf(error)}`)
      if (faults.length === repositories.length) throw error
    }
  }
  tell('Writing down what is in it…')
  const { record, ...restorePoint } = await recordExactPoint(url, `lyceum-${setId}`)
  const info = await readInfo(settings, runBesideDatabase)
  const made = madeFor(setId, info)
  const [first] = made
  if (first === undefined) throw new BackupError('backup.pgbackrest-failed', 'pgBackRest has nothing of what it made.')
  const part: DatabasePart = {
    system,
    version,
    timeline: readSegmentName(first.archive.start)?.timeline ?? 1,
    startLsn: first.lsn.start,
    stopLsn: first.lsn.stop,
    restorePoint,
    pgbackrest: {
      stanza: settings.BACKUP_PGBACKREST_STANZA,
      database: new URL(url).pathname.slice(1),
      backups: made.map(({ label, database }) => ({ repository: database['repo-key'], label })),
      control: withoutPadding(control).toString('base64')
    }
  }
  tell('Waiting for its log…')
  await client.query('select pg_switch_wal()')
  const away = await waitForLog(client, { settings, url, archivedWithinMs }, info, part)
  return {
    part,
    files: { directories: [], files: [], backupLabel: '' },
    pieces: [],
    bytes: first.info.size,
    addedBytes: made.reduce((sum, { info: { repository } }) => sum + repository.delta, 0),
    record,
    faults: [...faults, ...away]
  }
}

interface Server {
  readonly system: string
  readonly version: string
  /** Without the zeros that fill its page. */
  readonly control: Buffer
}

async function readServer(client: pg.Client): Promise<Server> {
  const { rows } = await client.query<Server>(
    `select system_identifier::text as system, split_part(current_setting('server_version'), ' ', 1) as version,
      pg_read_binary_file('global/pg_control') as control from pg_control_system()`
  )
  const [server] = rows
  if (server === undefined) throw new Error('PostgreSQL says nothing of itself')
  return server
}

const withoutPadding = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1)

/** The oldest first: where it begins, reading the log has to begin. */
const madeFor = (setId: string, { backup }: StanzaInfo): StoredBackup[] =>
  backup
    .filter(({ annotation }) => annotation?.[ANNOTATION] === setId)
    .sort((one, other) => (readPosition(one.lsn.start) < readPosition(other.lsn.start) ? -1 : 1))

/**
 * Until the whole log from the start to the restore point is in every repository. Nobody's word is taken for it: an
 * archive_command may lie, and pgBackRest asks only whether it is named in it.
 * @returns repositories that it did not come into, and why; it came into one at least
 */
async function waitForLog(
  client: pg.Client,
  { settings, archivedWithinMs }: Place,
  info: StanzaInfo,
  { system, timeline, startLsn, restorePoint, pgbackrest }: DatabasePart
): Promise<string[]> {
  const deadline = performance.now() + archivedWithinMs
  const first = segmentAt(readPosition(startLsn))
  const last = segmentBefore(readPosition(restorePoint.lsn))
  const wanted = Array.from({ length: last - first + 1 }, (_, index) => segmentName(timeline, first + index))
  const waiting = new Set(pgbackrest?.backups.map(({ repository }) => repository))
  const faults: string[] = []
  let missing = ''
  for (;;) {
    for (const repository of waiting) {
      const there = new Set(
        (await listArchive(settings, runBesideDatabase, info, repository, system)).map(({ file }) => file)
      )
      missing = wanted.find((file) => !there.has(file)) ?? ''
      if (missing === '') waiting.delete(repository)
    }
    if (waiting.size === 0) return faults
    if (performance.now() > deadline) break
    await sleep(LOOK_EVERY_MS)
  }
  const error = await notArchived(client, missing, archivedWithinMs)
  if (waiting.size === pgbackrest?.backups.length) throw error
  return [...waiting].map((repository) => `the log in repository ${repository} of pgBackRest: ${error.message}`)
}

async function notArchived(client: pg.Client, file: string, withinMs: number): Promise<BackupError> {
  const { rows } = await client.query<{ command: string; archived: string | null }>(
    `select current_setting('archive_command') as command, last_archived_wal as archived from pg_stat_archiver`
  )
  const { command = '', archived = null } = rows[0] ?? {}
  return new BackupError(
    'backup.not-archived',
    archived !== null && archived >= file
      ? `PostgreSQL says that its log up to ${archived} is archived, but pgBackRest has no ${file}: archive_command (${command}) says yes and stores nothing. Set the one that “lyceum config render pgbackrest” writes.`
      : `${file} did not come to pgBackRest within ${Math.round(withinMs / 1000)} seconds. The log of PostgreSQL says why; then try again.`
  )
}
