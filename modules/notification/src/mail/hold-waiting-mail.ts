import { MailRequested } from '@lyceum/user/contract'
import { notificationContract } from '../contract.ts'

/** A connection of the owner of the database, which sees every school. */
interface Connection {
  query(text: string, values: readonly unknown[]): Promise<{ readonly rowCount: number | null }>
}

/** Reactions of this module by which something leaves the house. */
export const LEAVING = [{ event: MailRequested.name, subscriber: notificationContract.module }]

export const HELD_BY_RESTORE =
  'This was waiting at the moment that was restored, and may have left since. Send it again if it has not arrived.'

/**
 * Holds every message that waits to be sent, of every school: for a database that was put back to an earlier time, which does not know
 * whether they left since.
 * @returns how many
 */
export async function holdWaitingMail(connection: Connection): Promise<number> {
  await connection.query('begin', [])
  await connection.query(
    `delete from graphile_worker._private_jobs where key in (
       select 'mail:' || id from notification.mail where state = 'waiting')`,
    []
  )
  const held = await connection.query(
    `update notification.mail set state = 'held', error = $1, sending_until = null where state = 'waiting'`,
    [HELD_BY_RESTORE]
  )
  await connection.query('commit', [])
  return held.rowCount ?? 0
}
