import { defineJob } from '@lyceum/platform/module'
import { Id } from '@lyceum/platform/schema'
import Type from 'typebox'
import type { NotificationContext, NotificationJob } from '../context.ts'
import { MailUnderWay, masked } from './mail.ts'
import { MailRefused, type MailTransport, type OutgoingMail } from './mail-transport.ts'

export const SendMail = defineJob('notification.send-mail', Type.Object({ mailId: Id }))

/** With the queue's exponential backoff a little over a day: longer than a mail server is usually down. */
const MAX_ATTEMPTS = 14

/** Longer than the transport's timeouts together, so that nobody takes over an attempt that is still alive. */
const ATTEMPT_MS = 120_000

/** The key lets a retry by hand replace an attempt that waits for its turn. */
export const enqueueMail = ({ enqueue }: NotificationContext, mailId: string): Promise<void> =>
  enqueue(SendMail, { mailId }, { key: `mail:${mailId}`, maxAttempts: MAX_ATTEMPTS })

/**
 * Sends one waiting message and writes down how that went. No connection is held while the mail server thinks. If the
 * process dies between the server's yes and the writing down, the message goes out once more with the same Message-ID.
 */
export const sendMail =
  (transport: MailTransport) =>
  async (job: NotificationJob, { mailId }: { mailId: string }): Promise<void> => {
    const mail = await job.transact((context) => claim(context, mailId))
    if (!mail) return
    try {
      await transport.send(mail)
    } catch (error) {
      const final = error instanceof MailRefused || job.lastAttempt
      await job.transact((context) => noteFault(context, mailId, error, final))
      if (final) return
      throw error
    }
    await job.transact((context) => (transport.kind === 'held' ? noteHeld(context, mailId) : noteSent(context, mailId)))
  }

async function claim({ tx, now }: NotificationContext, mailId: string): Promise<OutgoingMail | undefined> {
  const mail = await tx
    .selectFrom('notification.mail')
    .select(['id', 'to', 'name', 'subject', 'text', 'html', 'locale', 'state', 'link_expires_at', 'sending_until'])
    .where('id', '=', mailId)
    .forUpdate()
    .executeTakeFirst()
  if (mail?.state !== 'waiting' || mail.html === null) return undefined
  if (mail.sending_until !== null && isUnderWay(new Date(mail.sending_until), now)) throw MailUnderWay()
  if (mail.link_expires_at !== null && new Date(mail.link_expires_at) <= now) {
    const error = 'The link expired before the message could be sent. Ask for a new message.'
    await tx.updateTable('notification.mail').set({ state: 'failed', error }).where('id', '=', mailId).execute()
    return undefined
  }
  await tx
    .updateTable('notification.mail')
    .set({ sending_until: new Date(now.getTime() + ATTEMPT_MS) })
    .where('id', '=', mailId)
    .execute()
  const { id, to, name, subject, text, html, locale } = mail
  return { id, to: { name, address: to }, subject, text, html, locale }
}

/** An attempt that would last longer than any was begun before the clock was put back. */
const isUnderWay = (until: Date, now: Date): boolean => until > now && until.getTime() <= now.getTime() + ATTEMPT_MS

async function noteFault({ tx }: NotificationContext, mailId: string, fault: unknown, final: boolean): Promise<void> {
  const error = (fault instanceof Error ? fault.message : String(fault)).slice(0, 500)
  await tx
    .updateTable('notification.mail')
    .set({ state: final ? 'failed' : 'waiting', error, sending_until: null })
    .where('id', '=', mailId)
    .execute()
}

async function noteHeld({ tx }: NotificationContext, mailId: string): Promise<void> {
  await tx
    .updateTable('notification.mail')
    .set({ state: 'held', error: null, sending_until: null })
    .where('id', '=', mailId)
    .execute()
}

/** What has left is kept without its secret: neither the list nor a backup can open the reader's account. */
async function noteSent({ tx, now }: NotificationContext, mailId: string): Promise<void> {
  const { text, link } = await tx
    .selectFrom('notification.mail')
    .select(['text', 'link'])
    .where('id', '=', mailId)
    .executeTakeFirstOrThrow()
  await tx
    .updateTable('notification.mail')
    .set({
      state: 'sent',
      error: null,
      sending_until: null,
      sent_at: now,
      text: masked(text, link),
      html: null,
      link: null
    })
    .where('id', '=', mailId)
    .execute()
}
