import { sql } from 'kysely'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'
import type { Listener } from '../db/listener.ts'
import { defineError } from '../errors.ts'

/** A time in which the installation is closed to people, ahead or under way. */
export interface Maintenance {
  readonly startsAt: Date
  /** What people are told; it ends when somebody ends it. */
  readonly until: Date | null
  /** For people, in the words of whoever ordered it; empty for none. */
  readonly message: string
  /** Seconds after which trying again makes sense, where `until` does not say better. */
  readonly retryAfter: number
  readonly orderedBy: string
}

export interface MaintenanceWatch {
  /** Ahead or under way. */
  announced(): Maintenance | undefined
  underWay(): Maintenance | undefined
  close(): void
}

const CHANNEL = 'lyceum_maintenance'
/** A notice may be lost with its connection. */
const LOOK_MS = 5_000
/** Marks an answer while maintenance is ahead or under way: `at`, `until` and `message` as a query string. */
export const MAINTENANCE_HEADER = 'x-lyceum-maintenance'
/** Who looks after the installation, and gets in while it is closed. */
const LOOKS_AFTER = 'operator:tenants'

const UnderMaintenance = defineError(
  'installation.maintenance',
  'unavailable',
  (until: string, _retryAfter: number, _facts: ClosedFacts) =>
    `The installation is closed for maintenance${until}. Everything is kept; send the request again afterwards.`,
  (_until, retryAfter, facts) => ({ retryAfter, facts })
)

interface ClosedFacts extends Readonly<Record<string, unknown>> {
  readonly until: string | null
  readonly message: string
}

/** What an answer says to somebody who is not let in. */
export function closedFor(maintenance: Maintenance, now: Date): Error {
  const { until, message } = maintenance
  const isAhead = until !== null && until > now
  return UnderMaintenance(isAhead ? ` until ${until.toISOString()}` : '', waitSeconds(maintenance, now), {
    until: isAhead ? until.toISOString() : null,
    message
  })
}

/** Seconds until trying again makes sense. */
export function waitSeconds({ until, retryAfter }: Maintenance, now: Date): number {
  const left = until === null ? 0 : Math.ceil((until.getTime() - now.getTime()) / 1000)
  return left > 0 ? left : retryAfter
}

export const mayEnterAnyway = ({ permissions }: { readonly permissions: readonly string[] }): boolean =>
  permissions.includes(LOOKS_AFTER)

export const inHeader = ({ startsAt, until, message }: Maintenance): string =>
  new URLSearchParams({
    at: startsAt.toISOString(),
    ...(until === null ? {} : { until: until.toISOString() }),
    ...(message === '' ? {} : { message })
  }).toString()

/** Knows in every process, within seconds, whether the installation is closed; what was known last holds while the database is away. */
export async function watchMaintenance(
  database: Database,
  listener: Listener,
  clock: Clock
): Promise<MaintenanceWatch> {
  let known: Maintenance | undefined
  let isReading = false
  const read = async (): Promise<void> => {
    const { rows } = await inInstallation(database, (tx) => sql<Row>`${sql.raw(SELECT)}`.execute(tx))
    known = fromRow(rows[0])
  }
  const readAgain = () => {
    if (isReading) return
    isReading = true
    read()
      .catch(() => undefined)
      .finally(() => {
        isReading = false
      })
  }
  await read()
  await listener.on(CHANNEL, readAgain)
  const timer = setInterval(readAgain, LOOK_MS)
  timer.unref()
  return {
    announced: () => known,
    underWay: () => (known && known.startsAt <= clock.now() ? known : undefined),
    close: () => clearInterval(timer)
  }
}

/** @param connection as the owner of the database: the product itself may only read */
export async function orderMaintenance(connection: Connection, ordered: Maintenance): Promise<void> {
  await connection.query(
    `insert into platform.maintenance (starts_at, until, message, retry_after, ordered_by) values ($1, $2, $3, $4, $5)
     on conflict (singleton) do update set starts_at = excluded.starts_at, until = excluded.until,
       message = excluded.message, retry_after = excluded.retry_after, ordered_by = excluded.ordered_by`,
    [ordered.startsAt, ordered.until, ordered.message, ordered.retryAfter, ordered.orderedBy]
  )
  await connection.query('select pg_notify($1, $2)', [CHANNEL, ''])
}

/** @returns what was over or taken back; undefined when there was none */
export async function endMaintenance(connection: Connection): Promise<Maintenance | undefined> {
  const before = await readMaintenance(connection)
  await connection.query('delete from platform.maintenance')
  await connection.query('select pg_notify($1, $2)', [CHANNEL, ''])
  return before
}

export async function readMaintenance(connection: Connection): Promise<Maintenance | undefined> {
  const { rows } = await connection.query<Row>(SELECT)
  return fromRow(rows[0])
}

type Connection = Pick<pg.ClientBase, 'query'>

/** As text, because connections read times differently. */
const SELECT = `select to_char(starts_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "startsAt",
  to_char(until at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until,
  message, retry_after as "retryAfter", ordered_by as "orderedBy" from platform.maintenance`

interface Row {
  readonly startsAt: string
  readonly until: string | null
  readonly message: string
  readonly retryAfter: number
  readonly orderedBy: string
}

const fromRow = (row: Row | undefined): Maintenance | undefined =>
  row && { ...row, startsAt: new Date(row.startsAt), until: row.until === null ? null : new Date(row.until) }
