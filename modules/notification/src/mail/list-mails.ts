import { cutPage, readCursor } from '@lyceum/platform/page'
import type { Page } from '@lyceum/platform/schema'
import { sql } from 'kysely'
import type { Given, NotificationContext } from '../context.ts'
import type { Mail } from '../contract.ts'
import { masked } from './mail.ts'

/**
 * Messages of the school, newest first; `to` finds a part of an address. Secret links are readable in held messages only,
 * where an administrator has to pass them on by hand.
 */
export async function listMails(
  { tx }: NotificationContext,
  { cursor, limit = 50, state, to }: Given<'listMails'>
): Promise<Page<Mail>> {
  const before = readCursor(cursor, 1)?.[0]
  let query = tx
    .selectFrom('notification.mail')
    .select(['id', 'to', 'subject', 'text', 'link', 'template', 'state', 'error'])
    .select(['created_at as createdAt', 'sent_at as sentAt'])
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (before !== undefined) query = query.where('id', '<', before)
  if (state !== undefined) query = query.where('state', '=', state)
  // No index: row-level security keeps all but leakproof operators out of one, and a school has 90 days of mail at most.
  if (to !== undefined) query = query.where(sql<boolean>`position(lower(${to}) in lower("to")) > 0`)
  const rows = await query.execute()
  const mails = rows.map(({ link, text, ...mail }) => ({
    ...mail,
    text: mail.state === 'held' ? text : masked(text, link)
  }))
  return cutPage(mails, limit, ({ id }) => [id])
}
