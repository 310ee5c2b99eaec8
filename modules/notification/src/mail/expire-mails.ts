import { defineJob } from '@lyceum/platform/module'
import Type from 'typebox'
import type { NotificationContext, NotificationJob } from '../context.ts'

export const ExpireMails = defineJob('notification.expire-mails', Type.Object({}))

const KEPT_DAYS = 90
const BATCH = 1_000

/** Forgets messages older than 90 days, whatever became of them, a thousand rows a transaction. */
export async function expireMails({ transact }: NotificationJob): Promise<void> {
  let more = true
  while (more) more = await transact(expireBatch)
}

async function expireBatch({ tx, now }: NotificationContext): Promise<boolean> {
  const old = tx
    .selectFrom('notification.mail')
    .select('id')
    .where('created_at', '<', new Date(now.getTime() - KEPT_DAYS * 86_400_000).toISOString())
    .orderBy('created_at')
    .limit(BATCH)
  const { numDeletedRows } = await tx.deleteFrom('notification.mail').where('id', 'in', old).executeTakeFirst()
  return numDeletedRows === BigInt(BATCH)
}
