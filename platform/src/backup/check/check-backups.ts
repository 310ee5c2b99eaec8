import { readdir, readFile, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { asText } from '../engine/exact-record.ts'
import { listSets } from '../set/read-sets.ts'
import { findArchived, isIntact, listLog, readArchivedLog, readHistory, segmentsIn } from '../wal/archived-log.ts'
import { chainFrom, isInPast, lastReachable, reignsOf } from '../wal/chain.ts'
import { keepCommand } from '../wal/log-door.ts'
import { readPosition, segmentAt } from '../wal/log-sequence.ts'
import { readSystemIdentifier } from '../wal/pg-control.ts'
import { type BackupFinding, type CheckSets, fault, look, lookAtOffsite, lookAtSets, ok } from './look.ts'

export interface CheckBackups extends CheckSets {
  /** Of a superuser. */
  readonly url: string
  readonly data: string
  /** Where `archive_command` finds who answers it. */
  readonly folder: string
  /** How long a segment may take into the repository. */
  readonly archivedWithinMs?: number
}

const ARCHIVED_WITHIN_MS = 90_000
const OLDEST_COMMIT_MS = 15 * 60_000
const MOST_WAITING = 64
const LEAST_FREE = 0.1
const LEAST_FREE_BYTES = 1024 ** 3

/** Everything that would make a restore fail and can be seen before one is needed. Nothing is taken at its word. */
export async function checkBackups(check: CheckBackups): Promise<BackupFinding[]> {
  const client = new pg.Client({ connectionString: check.url, application_name: 'lyceum backup check' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await look({ check, client }, LOOKS)
  } finally {
    await client.end()
  }
}

interface Looked {
  readonly check: CheckBackups
  readonly client: pg.Client
}

type Look = (looked: Looked) => Promise<Omit<BackupFinding, 'what'>>

const lookAtSettings: Look = async ({ check: { folder }, client }) => {
  const { rows } = await client.query<{ mode: string; command: string; timeout: number }>(
    `select current_setting('archive_mode') as mode, current_setting('archive_command') as command,
      extract(epoch from current_setting('archive_timeout')::interval)::int as timeout`
  )
  const { mode = '', command = '', timeout = 0 } = rows[0] ?? {}
  if (mode !== 'on')
    return fault('PostgreSQL archives no log.', 'Start Lyceum again: backups were set up since it started.')
  if (command !== keepCommand(folder))
    return fault(
      `archive_command is not ours but ${command}.`,
      'Remove it from postgresql.conf and postgresql.auto.conf; start Lyceum again.'
    )
  if (timeout === 0 || timeout > 300)
    return fault(
      `archive_timeout is ${timeout} s: more than five minutes could be lost.`,
      'Set BACKUP_ARCHIVE_SECONDS to 300 or less.'
    )
  return ok(`every segment, and what there is every ${timeout} s`)
}

/** Whether what is written now arrives, whoever says so: a segment is ended, awaited in the repository and read there. */
const lookAtArrival: Look = async ({ check: { first, data, archivedWithinMs = ARCHIVED_WITHIN_MS }, client }) => {
  const system = await readSystemIdentifier(data)
  await client.query(`select pg_create_restore_point('lyceum-check')`)
  const { rows } = await client.query<{ file: string }>('select pg_walfile_name(lsn) as file from pg_switch_wal() lsn')
  const file = rows[0]?.file ?? ''
  const started = performance.now()
  for (;;) {
    const [found] = await findArchived(first, system, file)
    if (found) {
      const written = await readFile(join(data, 'pg_wal', file)).catch(() => undefined)
      if (!(await isIntact(first, found)))
        return fault(
          `${file} arrived damaged in ${first.place}.`,
          'Look at the disk of the repository; then lyceum backup create --type full.'
        )
      if (written !== undefined && first.key.digest(written).slice(0, 32) !== found.digest)
        return fault(
          `${file} in ${first.place} is not what PostgreSQL wrote.`,
          'See whether two servers archive into one repository.'
        )
      return ok(`${file} was there and whole after ${((performance.now() - started) / 1000).toFixed(1)} s`)
    }
    if (performance.now() - started > archivedWithinMs) break
    await sleep(250)
  }
  const archiver = await client.query<{ archived: string | null }>(
    'select last_archived_wal as archived from pg_stat_archiver'
  )
  const claimed = archiver.rows[0]?.archived ?? ''
  return claimed >= file
    ? fault(
        `PostgreSQL says that ${file} is archived, but it is not in ${first.place}: archive_command says yes and stores nothing.`,
        'Start Lyceum again, which sets its own archive_command; then lyceum backup create --type full.'
      )
    : fault(
        `${file} did not arrive in ${first.place} within ${Math.round(archivedWithinMs / 1000)} s.`,
        'logs/postgres.log says why; until it does, the log is kept in postgres/pg_wal: watch the disk.'
      )
}

const lookAtChain: Look = async ({ check: { first, data } }) => {
  const system = await readSystemIdentifier(data)
  const sets = (await listSets(first)).filter(({ database }) => database.system === system)
  const segments = segmentsIn(await listLog(first, system))
  const timeline = Math.max(1, ...segments.map((segment) => segment.timeline))
  const reigns = reignsOf(timeline, await readHistory((file) => readArchivedLog([first], system, file), timeline))
  const usable = sets.filter((set) => isInPast(reigns, set.database.timeline, readPosition(set.database.stopLsn)))
  const [oldest] = usable
  if (oldest === undefined) return fault('There is no set to begin from.', 'lyceum backup create --type full')
  const chain = chainFrom(segmentAt(readPosition(oldest.database.startLsn)), reigns, segments)
  if (chain.missing === undefined)
    return ok(`${chain.segments.length} segments without a gap since ${oldest.startedAt}`)
  const until = lastReachable(chain.segments)?.toISOString() ?? oldest.finishedAt
  return fault(
    `${chain.missing} is missing in ${first.place}: from the sets before it one can only go until ${until}.`,
    'Make a set that begins after the gap now: lyceum backup create --type full'
  )
}

const lookAtAge: Look = async ({ check: { first, data, now } }) => {
  const system = await readSystemIdentifier(data)
  // A set that was just made may be all there is: what came before it is in the set, and its log is gone.
  const newest = (await listSets(first)).findLast(({ database }) => database.system === system)
  const last = lastReachable(segmentsIn(await listLog(first, system))) ?? (newest && new Date(newest.finishedAt))
  if (last === undefined)
    return fault('Nothing that was committed is in the archive yet.', 'Look again in five minutes.')
  const age = now().getTime() - last.getTime()
  if (age > OLDEST_COMMIT_MS)
    return fault(
      `What is safe is of ${last.toISOString()}, ${Math.round(age / 60_000)} minutes ago: so much would be lost.`,
      'Is Lyceum running? It writes a heartbeat every minute. Look into logs/postgres.log.'
    )
  return ok(`what was committed until ${last.toISOString()} is safe`)
}

const lookAtArchiver: Look = async ({ check: { data }, client }) => {
  const { rows } = await client.query<{ failed: string | null; since: string | null; failing: boolean }>(
    `select last_failed_wal as failed, ${asText('last_failed_time')} as since,
      last_failed_time is not null and last_failed_time > coalesce(last_archived_time, '-infinity') as failing from pg_stat_archiver`
  )
  const waiting = (await readdir(join(data, 'pg_wal', 'archive_status')).catch(() => [])).filter((name) =>
    name.endsWith('.ready')
  )
  const { failed, since, failing } = rows[0] ?? {}
  if (failing)
    return fault(
      `Archiving ${failed} fails since ${since}; ${waiting.length} segments wait.`,
      'logs/postgres.log says why. Mend the repository; PostgreSQL tries again by itself.'
    )
  if (waiting.length > MOST_WAITING)
    return fault(
      `${waiting.length} segments wait to be archived.`,
      'The repository is slower than what is written: choose a nearer one.'
    )
  return ok(`${waiting.length} segments wait`)
}

const lookAtRoom: Look = async ({ check: { data } }) => {
  const folder = join(data, 'pg_wal')
  const { bavail, blocks, bsize } = await statfs(folder)
  const free = bavail * bsize
  const sizes = await Promise.all(
    (await readdir(folder)).map((name) => stat(join(folder, name)).catch(() => undefined))
  )
  const used = sizes.reduce((sum, stats) => sum + (stats?.isFile() ? stats.size : 0), 0)
  const said = `${megabytes(used)} of log, ${megabytes(free)} free`
  return bavail / blocks < LEAST_FREE || free < LEAST_FREE_BYTES
    ? fault(`${said}. When this disk is full, PostgreSQL stops.`, 'Free space on the disk of LYCEUM_HOME.')
    : ok(said)
}

const LOOKS: readonly (readonly [string, Look])[] = [
  ['archive settings', lookAtSettings],
  ['log arrives', lookAtArrival],
  ['log without a gap', lookAtChain],
  ['age of the log', lookAtAge],
  ['archiver', lookAtArchiver],
  ['room for the log', lookAtRoom],
  ['sets', ({ check }) => lookAtSets(check)],
  ['second repository', ({ check }) => lookAtOffsite(check)]
]

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`
