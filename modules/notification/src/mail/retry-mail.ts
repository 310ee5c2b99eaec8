import type { Given, NotificationContext } from '../context.ts'
import { MailAlreadySent, MailNotFound } from './mail.ts'
import { enqueueMail } from './send-mail.ts'

/** Tries a failed or held message again now, and one that waits for its next attempt without waiting longer. */
export async function retryMail(context: NotificationContext, { mailId }: Given<'retryMail'>): Promise<{ done: true }> {
  const mail = await context.tx
    .selectFrom('notification.mail')
    .select('state')
    .where('id', '=', mailId)
    .forUpdate()
    .executeTakeFirst()
  if (!mail) throw MailNotFound()
  if (mail.state === 'sent') throw MailAlreadySent()
  await context.tx
    .updateTable('notification.mail')
    .set({ state: 'waiting', error: null })
    .where('id', '=', mailId)
    .execute()
  await enqueueMail(context, mailId)
  return { done: true }
}
