import { cutPage, readCursor } from '@lyceum/platform/page'
import type { Page } from '@lyceum/platform/schema'
import type { Given, NotificationContext } from '../context.ts'
import type { Notification } from '../contract.ts'

/** The caller's own news, newest first, and how much of it is unread (whatever page is asked for). */
export async function listNotifications(
  { tx, userId }: NotificationContext,
  { cursor, limit = 50 }: Given<'listNotifications'>
): Promise<Page<Notification> & { unread: number }> {
  const before = readCursor(cursor, 1)?.[0]
  const newest = tx
    .selectFrom('notification.notification')
    .select(['id', 'kind', 'values', 'link', 'created_at as createdAt', 'read_at as readAt'])
    .where('user_id', '=', userId)
    .orderBy('id', 'desc')
    .limit(limit + 1)
  const [rows, { unread }] = await Promise.all([
    (before === undefined ? newest : newest.where('id', '<', before)).execute(),
    tx
      .selectFrom('notification.notification')
      .select(({ fn }) => fn.countAll<number>().as('unread'))
      .where('user_id', '=', userId)
      .where('read_at', 'is', null)
      .executeTakeFirstOrThrow()
  ])
  return { ...cutPage(rows, limit, ({ id }) => [id]), unread }
}
