import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'
import { enqueue } from '../jobs/job.ts'
import { REACT, type Reaction } from '../jobs/reaction.ts'
import type { Module } from '../module/module.ts'
import type { EventBus } from './event-bus.ts'

export interface RelayedEvent {
  readonly id: string
  readonly tenant_id: string
  readonly name: string
  readonly payload: unknown
  readonly occurred_at: string
}

const BATCH = 200

/**
 * Hands events on: to the broker where there is one, else as one job per subscriber, queued in the transaction that marks
 * the event as relayed. Several relays may run; each skips what another holds.
 * @param relayed hears of every event after it was handed on
 * @returns how many events were handed on
 */
export async function relayEvents(
  database: Database,
  modules: readonly Module[],
  now: Date,
  {
    bus,
    relayed = () => undefined
  }: { readonly bus?: EventBus | undefined; readonly relayed?: ((event: RelayedEvent) => void) | undefined } = {}
): Promise<number> {
  const subscribers = new Map<string, string[]>()
  for (const { contract, subscriptions } of modules) {
    for (const { event } of subscriptions) {
      subscribers.set(event.name, [...(subscribers.get(event.name) ?? []), contract.module])
    }
  }
  let total = 0
  for (;;) {
    const handed = await inInstallation<unknown, RelayedEvent[]>(database, async (tx) => {
      const { rows } = await sql<RelayedEvent>`
        select id, tenant_id, name, payload, occurred_at from platform.outbox where relayed_at is null order by id limit ${BATCH} for update skip locked`.execute(
        tx
      )
      // Marked as relayed only after the broker has confirmed; else the transaction fails, and they are sent again.
      if (bus)
        await bus.publish(
          rows.map(({ id, tenant_id, name, payload, occurred_at }) => ({
            id,
            type: name,
            tenantId: tenant_id,
            occurredAt: occurred_at,
            payload
          }))
        )
      else
        for (const { id, tenant_id, name, payload } of rows) {
          for (const subscriber of subscribers.get(name) ?? []) {
            const reaction: Reaction = { eventId: id, name, subscriber, payload }
            await enqueue(tx, REACT, { tenantId: tenant_id, payload: reaction })
          }
        }
      if (rows.length > 0)
        await sql`update platform.outbox set relayed_at = ${now} where id = any (${rows.map(({ id }) => id)})`.execute(
          tx
        )
      return rows
    })
    for (const event of handed) relayed(event)
    total += handed.length
    if (handed.length < BATCH) return total
  }
}
