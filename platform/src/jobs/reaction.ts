import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { type Context, defineJob, type Runner } from '../module/module.ts'
import { installationEntry, type Runtime } from '../module/runtime.ts'

/** One subscriber's turn at one event. */
export const REACT = defineJob(
  'platform.react',
  Type.Object({ eventId: Type.String(), name: Type.String(), subscriber: Type.String(), payload: Type.Unknown() })
)
export type Reaction = Static<typeof REACT.payload>

/** Lets a module react once: the inbox row and the reaction commit together, so a repeated delivery finds the row and stops. */
export async function react(
  runtime: Runtime,
  tenantId: string,
  { eventId, name, subscriber, payload }: Reaction
): Promise<void> {
  const module = runtime.modules.find(({ contract }) => contract.module === subscriber)
  const subscription = module?.subscriptions.find(({ event }) => event.name === name)
  if (!subscription) throw new Error(`${subscriber} no longer subscribes to ${name}`)
  const own = runtime.runner(subscriber, installationEntry(tenantId))
  const once: Runner['transact'] = <Tables, Answer>(work: (context: Context<Tables>) => Promise<Answer>) =>
    own.transact<Tables, Answer>(async (context) => {
      const { rows } = await sql`
        insert into platform.inbox (event_id, subscriber, handled_at) values (${eventId}, ${subscriber}, ${context.now})
        on conflict do nothing returning 1`.execute(context.tx)
      if (rows.length === 0) throw new AlreadyHandled()
      return work(context)
    })
  try {
    await subscription.react({ ...own, transact: once, transactOnce: once }, payload)
  } catch (error) {
    if (!(error instanceof AlreadyHandled)) throw error
  }
}

/** Ends the second delivery's transaction without doing anything. */
class AlreadyHandled extends Error {}
