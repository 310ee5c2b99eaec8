import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { EventType } from '../contract/contract.ts'
import type { Tx } from '../db/transaction.ts'
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

/** Many at once, in one statement and with one notice: an import makes 20,000 accounts. */
export async function publishAll<Tables, E extends EventType>(
  tx: Tx<Tables>,
  now: Date,
  event: E,
  payloads: readonly Static<E['payload']>[]
): Promise<void> {
  if (payloads.length === 0) return
  await sql`
    insert into platform.outbox (id, name, payload, occurred_at)
    select id, ${event.name}, payload, ${now}
    from jsonb_to_recordset(${JSON.stringify(payloads.map((payload) => ({ id: newId(), payload })))}::jsonb) as given (id uuid, payload jsonb)`.execute(
    tx
  )
  await sql`select pg_notify(${OUTBOX_CHANNEL}, '')`.execute(tx)
}
