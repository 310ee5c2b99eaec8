import { defineJob } from '@lyceum/platform/module'
import Type from 'typebox'
import type { NotificationContext, NotificationJob } from '../context.ts'

export const ExpireNotifications = defineJob('notification.expire-notifications', Type.Object({}))

const KEPT_DAYS = 180
const BATCH = 1_000

/** Forgets what was read and is older than 180 days, a thousand rows a transaction so that nobody waits for it. */
export async function expireNotifications({ transact }: NotificationJob): Promise<void> {
  let more = true
  while (more) more = await transact(expireBatch)
}

async function expireBatch({ tx, now }: NotificationContext): Promise<boolean> {
  const old = tx
    .selectFrom('notification.notification')
    .select('id')
    .where('read_at', 'is not', null)
    .where('created_at', '<', new Date(now.getTime() - KEPT_DAYS * 86_400_000).toISOString())
    .orderBy('created_at')
    .limit(BATCH)
  const { numDeletedRows } = await tx.deleteFrom('notification.notification').where('id', 'in', old).executeTakeFirst()
  return numDeletedRows === BigInt(BATCH)
}
