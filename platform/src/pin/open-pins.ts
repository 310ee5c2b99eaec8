import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'
import type { Tx } from '../db/transaction.ts'

interface Held {
  readonly userId: string
  /** What the pin is for, such as the id of an attempt; a person may have several at once. */
  readonly reason: string
}

/** Writes down that somebody must stay on a release, so that it is kept running. Once more with a later end is fine. */
export async function keepPin<Tables>(
  tx: Tx<Tables>,
  { userId, reason, release, until, now }: Held & { readonly release: string; readonly until: Date; readonly now: Date }
): Promise<void> {
  await sql`delete from platform.pin where user_id = ${userId} and until <= ${now}`.execute(tx)
  await sql`
    insert into platform.pin (user_id, reason, release, until) values (${userId}, ${reason}, ${release}, ${until})
    on conflict (tenant_id, user_id, reason) do update set release = excluded.release, until = excluded.until`.execute(
    tx
  )
}

/** @returns until when the person's other pins on the same release last; null when that was the last one */
export async function dropPin<Tables>(
  tx: Tx<Tables>,
  { userId, reason, release, now }: Held & { readonly release: string; readonly now: Date }
): Promise<Date | null> {
  await sql`delete from platform.pin where user_id = ${userId} and reason = ${reason}`.execute(tx)
  const { rows } = await sql<{ until: string | null }>`
    select max(until) as until from platform.pin
    where user_id = ${userId} and release = ${release} and until > ${now}`.execute(tx)
  const until = rows[0]?.until
  return until ? new Date(until) : null
}

export interface OpenPins {
  readonly release: string
  readonly count: number
  readonly until: Date
}

/** Of every school: a release with open pins is not to be stopped before the last of them is over. */
export async function openPins(database: Database, now: Date): Promise<OpenPins[]> {
  const { rows } = await inInstallation(database, (tx) =>
    sql<{ release: string; count: number; until: string }>`
      select release, count(*)::int as count, max(until) as until from platform.pin
      where until > ${now} group by release`.execute(tx)
  )
  return rows.map(({ release, count, until }) => ({ release, count, until: new Date(until) }))
}
