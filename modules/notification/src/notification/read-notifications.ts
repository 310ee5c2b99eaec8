import type { Given, NotificationContext } from '../context.ts'

/** Marks what the caller has seen: everything up to and including one, nothing that arrived since. */
export async function readNotifications(
  { tx, now, userId }: NotificationContext,
  { upTo }: Given<'readNotifications'>
): Promise<{ done: true }> {
  await tx
    .updateTable('notification.notification')
    .set({ read_at: now })
    .where('user_id', '=', userId)
    .where('read_at', 'is', null)
    .where('id', '<=', upTo)
    .execute()
  return { done: true }
}
