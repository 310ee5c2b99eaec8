import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { asText } from '../engine/exact-record.ts'
import { listArchive, readInfo, type StanzaInfo } from '../pgbackrest/read-info.ts'
import { mustSucceed, type PgBackRestSettings, runBesideDatabase } from '../pgbackrest/run-pgbackrest.ts'
import { listSets } from '../set/read-sets.ts'
import { segmentsIn } from '../wal/archived-log.ts'
import { readPosition, segmentAt, segmentName } from '../wal/log-sequence.ts'
import { type BackupFinding, type CheckSets, fault, look, lookAtOffsite, lookAtSets, ok } from './look.ts'

export interface CheckPgBackRest extends CheckSets {
  readonly settings: PgBackRestSettings
  /** Of a role that may name restore points. */
  readonly url: string
  /** How long a segment may take into a repository. */
  readonly archivedWithinMs?: number | undefined
}

const ARCHIVED_WITHIN_MS = 90_000
const LOOK_EVERY_MS = 500

interface Looked {
  readonly check: CheckPgBackRest
  readonly client: pg.Client
  readonly info: StanzaInfo
  readonly system: string
}

/** As `checkBackups`, for a database that somebody else runs and pgBackRest copies. */
export async function checkPgBackRest(check: CheckPgBackRest): Promise<BackupFinding[]> {
  const client = new pg.Client({ connectionString: check.url, application_name: 'lyceum backup check' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const info = await readInfo(check.settings, runBesideDatabase)
    const { rows } = await client.query<{ system: string }>(
      'select system_identifier::text as system from pg_control_system()'
    )
    return await look({ check, client, info, system: rows[0]?.system ?? '' }, LOOKS)
  } finally {
    await client.end()
  }
}

type Look = (looked: Looked) => Promise<Omit<BackupFinding, 'what'>>

const lookAtSettings: Look = async ({ client }) => {
  const { rows } = await client.query<{ mode: string; command: string; timeout: number }>(
    `select current_setting('archive_mode') as mode, current_setting('archive_command') as command,
      extract(epoch from current_setting('archive_timeout')::interval)::int as timeout`
  )
  const { mode = '', command = '', timeout = 0 } = rows[0] ?? {}
  const remedy = 'Set what “lyceum config render pgbackrest” writes for PostgreSQL.'
  if (mode === 'off') return fault('PostgreSQL archives no log.', `${remedy} Start it again.`)
  if (!/pgbackrest.*archive-push/.test(command))
    return fault(`archive_command does not hand the log to pgBackRest: ${command}.`, remedy)
  if (timeout === 0 || timeout > 300)
    return fault(`archive_timeout is ${timeout} s: more than five minutes could be lost.`, remedy)
  return ok(`every segment, and what there is every ${timeout} s`)
}

/** Whether what is written now arrives in every repository, whoever says so. */
const lookAtArrival: Look = async ({ check, client, info, system }) => {
  const { settings, archivedWithinMs = ARCHIVED_WITHIN_MS } = check
  await client.query(`select pg_create_restore_point('lyceum-check')`)
  const { rows } = await client.query<{ file: string }>('select pg_walfile_name(lsn) as file from pg_switch_wal() lsn')
  const file = rows[0]?.file ?? ''
  const started = performance.now()
  const waiting = new Set(info.repo.map(({ key }) => key))
  for (;;) {
    for (const repository of waiting) {
      const there = await listArchive(settings, runBesideDatabase, info, repository, system)
      if (there.some((one) => one.file === file)) waiting.delete(repository)
    }
    if (waiting.size === 0) return ok(`${file} was there after ${((performance.now() - started) / 1000).toFixed(1)} s`)
    if (performance.now() - started > archivedWithinMs) break
    await sleep(LOOK_EVERY_MS)
  }
  const archiver = await client.query<{ archived: string | null }>(
    'select last_archived_wal as archived from pg_stat_archiver'
  )
  const where = `repository ${[...waiting].join(' and ')} of pgBackRest`
  return (archiver.rows[0]?.archived ?? '') >= file
    ? fault(
        `PostgreSQL says that ${file} is archived, but it is not in ${where}: archive_command says yes and stores nothing.`,
        'Set the one that “lyceum config render pgbackrest” writes; then lyceum backup create --type full.'
      )
    : fault(
        `${file} did not arrive in ${where} within ${Math.round(archivedWithinMs / 1000)} s.`,
        'The log of PostgreSQL says why; until it does, its log is kept in pg_wal: watch the disk.'
      )
}

const lookAtChain: Look = async ({ check: { settings, first }, info, system }) => {
  const sets = (await listSets(first)).filter(({ database }) => database.system === system)
  const [oldest] = sets
  if (oldest === undefined) return fault('There is no set to begin from.', 'lyceum backup create --type full')
  const faults: string[] = []
  let most = 0
  for (const { key } of info.repo) {
    const segments = segmentsIn(await listArchive(settings, runBesideDatabase, info, key, system))
    const there = new Set(segments.map(({ number }) => number))
    const last = Math.max(-1, ...there)
    // The two repositories may keep sets for different times.
    const begin = sets.find(({ database }) => there.has(segmentAt(readPosition(database.startLsn))))
    if (begin === undefined) {
      faults.push(`repository ${key} has not the log of any set`)
      continue
    }
    const from = segmentAt(readPosition(begin.database.startLsn))
    most = Math.max(most, last - from + 1)
    for (let number = from; number <= last; number++)
      if (!there.has(number))
        faults.push(`${segmentName(begin.database.timeline, number)} is missing in repository ${key}`)
  }
  return faults.length === 0
    ? ok(`${most} segments without a gap since ${oldest.startedAt}`)
    : fault(
        `${faults.slice(0, 3).join('; ')}${faults.length > 3 ? ` and ${faults.length - 3} more` : ''}.`,
        'Make a set that begins after the gap now: lyceum backup create --type full'
      )
}

const lookAtArchiver: Look = async ({ client }) => {
  const { rows } = await client.query<{ failed: string | null; since: string | null; failing: boolean }>(
    `select last_failed_wal as failed, ${asText('last_failed_time')} as since,
      last_failed_time is not null and last_failed_time > coalesce(last_archived_time, '-infinity') as failing from pg_stat_archiver`
  )
  const { failed, since, failing } = rows[0] ?? {}
  return failing
    ? fault(
        `Archiving ${failed} fails since ${since}.`,
        'The log of PostgreSQL says why. Mend the repository; it tries again by itself. Watch its disk meanwhile.'
      )
    : ok('nothing failed that was not archived since')
}

const lookAtRepositories: Look = async ({ check: { settings }, info: { repo } }) => {
  mustSucceed(await runBesideDatabase(settings, ['check']), 'check itself')
  const ill = repo.filter(({ status }) => status.code !== 0)
  if (ill.length > 0)
    return fault(
      ill.map(({ key, status }) => `repository ${key}: ${status.message}`).join('; '),
      'lyceum backup create --type full'
    )
  const open = repo.filter(({ cipher }) => cipher === 'none')
  if (open.length > 0)
    return fault(
      `Repository ${open.map(({ key }) => key).join(' and ')} is not encrypted.`,
      'Whoever reads it has every learner. Begin it anew as “lyceum config render pgbackrest” writes it.'
    )
  if (repo.length === 1)
    return {
      state: 'note',
      message: 'There is one: what happens to this place happens to the database’s backups.',
      remedy: 'Add a second one, elsewhere, as “lyceum config render pgbackrest” writes it.'
    }
  return ok(`${repo.length}, all of them whole and encrypted`)
}

const LOOKS: readonly (readonly [string, Look])[] = [
  ['archive settings', lookAtSettings],
  ['log arrives', lookAtArrival],
  ['log without a gap', lookAtChain],
  ['archiver', lookAtArchiver],
  ['pgBackRest', lookAtRepositories],
  ['sets', ({ check }) => lookAtSets(check)],
  ['second repository', ({ check }) => lookAtOffsite(check)]
]
