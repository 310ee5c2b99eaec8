import type { Connection } from '../copy/copy-mark.ts'
import { type AuditRow, NO_HASH, seal } from './chain.ts'

/** Seals every row again behind the one before, for a copy whose rows were replaced: its chain is whole, and another one. */
export async function sealAnew(connection: Connection): Promise<void> {
  const { rows } = await connection.query<AuditRow>(
    `select seq::float8 as seq, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor, action, subject, details
     from platform.audit order by audit.seq`
  )
  let previous = NO_HASH
  for (const { seq, at, actor, action, subject, details } of rows) {
    const row = seal({ at, actor, action, subject, details }, seq, previous)
    await connection.query('update platform.audit set previous = $2, hash = $3 where seq = $1', [
      seq,
      previous,
      row.hash
    ])
    previous = row.hash
  }
}
