import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { EventType } from '../contract/contract.ts'
import type { Tx } from '../db/tenant-transaction.ts'
import { newId } from '../id.ts'

/** The relay listens here; PostgreSQL delivers the notice when the transaction commits, and never before. */
export const OUTBOX_CHANNEL = 'lyceum_outbox'

/** Written in the same transaction as the change it reports, so neither can exist without the other. */
export async function publish<Tables, E extends EventType>(
  tx: Tx<Tables>,
  now: Date,
  event: E,
  payload: Static<E['payload']>
): Promise<void> {
  await sql`
    with written as (
      insert into platform.outbox (id, name, payload, occurred_at)
      values (${newId()}, ${event.name}, ${JSON.stringify(payload)}, ${now})
      returning 1
    )
    select pg_notify(${OUTBOX_CHANNEL}, '') from written`.execute(tx)
}
