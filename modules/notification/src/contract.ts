import { defineContract } from '@lyceum/platform/contract'
import { Done, Id, Instant, nullable, oneOf, pageInput, pageOf } from '@lyceum/platform/schema'
import Type, { type Static } from 'typebox'

/** What happened, as a kind and values; the screen words it in the reader's language. */
export const Notification = Type.Object({
  id: Id,
  kind: oneOf(['enrolled', 'course-completed']),
  values: Type.Object({ courseTitle: Type.String(), role: Type.Optional(Type.String()) }),
  link: nullable(Type.String()),
  createdAt: Instant,
  readAt: nullable(Instant)
})
export type Notification = Static<typeof Notification>

/** A message the school sends. Without SMTP_URL messages are held here, readable, instead of leaving. */
export const Mail = Type.Object({
  id: Id,
  to: Type.String(),
  subject: Type.String(),
  text: Type.String(),
  template: Type.String(),
  state: oneOf(['waiting', 'sent', 'held', 'failed']),
  error: nullable(Type.String()),
  createdAt: Instant,
  sentAt: nullable(Instant)
})
export type Mail = Static<typeof Mail>

export const notificationContract = defineContract({
  module: 'notification',
  operations: {
    listNotifications: {
      method: 'GET',
      path: '/notifications',
      access: 'signed-in',
      summary: 'What is new for me, newest first',
      input: Type.Object({ ...pageInput }),
      output: Type.Object({ ...pageOf(Notification).properties, unread: Type.Integer() })
    },
    readNotifications: {
      method: 'PUT',
      path: '/notifications/read',
      access: 'signed-in',
      summary: 'Mark all up to one as read',
      input: Type.Object({ upTo: Id }),
      output: Done
    },
    listMails: {
      method: 'GET',
      path: '/mails',
      access: 'mail:read',
      summary: 'Messages sent, held and failed, newest first',
      input: Type.Object({
        ...pageInput,
        state: Type.Optional(Mail.properties.state),
        to: Type.Optional(Type.String({ maxLength: 254 }))
      }),
      output: pageOf(Mail)
    },
    getMailSettings: {
      method: 'GET',
      path: '/mail-settings',
      access: 'mail:read',
      summary: 'Whether mail leaves this installation',
      input: Type.Object({}),
      output: Type.Object({ transport: oneOf(['smtp', 'held']), from: Type.String() })
    },
    retryMail: {
      method: 'POST',
      path: '/mails/:mailId/delivery',
      access: 'school:manage',
      status: 202,
      summary: 'Try a failed message again',
      input: Type.Object({ mailId: Id }),
      output: Done
    }
  }
})
