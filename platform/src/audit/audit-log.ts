import type pg from 'pg'
import { type AuditEntry, type AuditRow, NO_HASH, seal } from './chain.ts'

type Connection = Pick<pg.ClientBase, 'query'>

/** One writer at a time for the whole installation: each row is sealed behind the one before. */
const LOCK = 7_263_554_109

const COLUMNS = `seq::float8 as seq, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor, action, subject, details, previous, hash`

/**
 * Adds a row. Committed when it returns, so that what is written comes before what it is about.
 * @param connection of its own, in no transaction
 */
export async function appendAudit(connection: Connection, entry: AuditEntry): Promise<AuditRow> {
  await connection.query('begin')
  try {
    const row = await appendTo(connection, entry)
    await connection.query('commit')
    return row
  } catch (error) {
    await connection.query('rollback')
    throw error
  }
}

/** The same as part of the caller's transaction, for what must be written down exactly when it happened. Nobody else writes until that ends. */
export async function appendTo(connection: Connection, entry: AuditEntry): Promise<AuditRow> {
  await connection.query('select pg_advisory_xact_lock($1)', [LOCK])
  const { rows } = await connection.query<{ seq: number; hash: string }>(
    'select seq::float8 as seq, hash from platform.audit order by seq desc limit 1'
  )
  const [last] = rows
  // Through JSON, so that what is sealed is what will be read.
  const details: AuditEntry['details'] = JSON.parse(JSON.stringify(entry.details))
  const row = seal({ ...entry, details }, (last?.seq ?? 0) + 1, last?.hash ?? NO_HASH)
  await connection.query('insert into platform.audit values ($1, $2, $3, $4, $5, $6, $7, $8)', [
    row.seq,
    row.at,
    row.actor,
    row.action,
    row.subject,
    JSON.stringify(row.details),
    row.previous,
    row.hash
  ])
  return row
}

/** The newest rows, oldest of them first. */
export async function tailAudit(connection: Connection, most: number): Promise<AuditRow[]> {
  const { rows } = await connection.query<AuditRow>(
    `select * from (select ${COLUMNS} from platform.audit order by audit.seq desc limit $1) newest order by seq`,
    [most]
  )
  return rows
}

/** The newest row; undefined before the first. */
export async function headOfAudit(
  connection: Connection
): Promise<{ readonly entries: number; readonly hash: string } | undefined> {
  const { rows } = await connection.query<{ entries: number; hash: string }>(
    'select seq::float8 as entries, hash from platform.audit order by seq desc limit 1'
  )
  return rows[0]
}

/** Every row in order. An installation is released and locked some thousands of times in its life, not millions. */
export async function readAudit(connection: Connection): Promise<AuditRow[]> {
  const { rows } = await connection.query<AuditRow>(`select ${COLUMNS} from platform.audit order by audit.seq`)
  return rows
}
