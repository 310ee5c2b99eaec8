import { holdWaitingMail, LEAVING } from '@lyceum/notification/hold-waiting-mail'
import { type SettledWork, settleWork } from '@lyceum/platform/backup/settle-work'
import type pg from 'pg'

export interface Settled extends SettledWork {
  readonly heldMail: number
}

/** What was under way in a restored database: what only changes it is done again, what leaves the house is held. */
export async function settleRestored(connection: pg.ClientBase, broker: boolean): Promise<Settled> {
  const settled = await settleWork(connection, { leaving: LEAVING, broker })
  return { ...settled, heldMail: await holdWaitingMail(connection) }
}
