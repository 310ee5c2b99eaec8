import type { Input, OperationName } from '@lyceum/platform/contract'
import type { Context, JobContext } from '@lyceum/platform/module'
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Mail, Notification, notificationContract } from './contract.ts'

/** An instant: ISO 8601 when read, a Date or ISO text when written. */
type At = ColumnType<string, Date | string, Date | string>
type MaybeAt = ColumnType<string | null, Date | string | null | undefined, Date | string | null>

export interface Tables {
  'notification.notification': {
    id: string
    user_id: string
    kind: Notification['kind']
    values: JSONColumnType<Notification['values'], string, string>
    link: string | null
    created_at: At
    read_at: MaybeAt
  }
  'notification.mail': {
    id: string
    template: string
    locale: string
    to: string
    name: string
    subject: string
    text: string
    html: string | null
    link: string | null
    link_expires_at: MaybeAt
    state: Generated<Mail['state']>
    error: string | null
    sending_until: MaybeAt
    created_at: At
    sent_at: MaybeAt
  }
}

export type NotificationContext = Context<Tables>
export type NotificationJob = JobContext<Tables>
export type Given<K extends OperationName<typeof notificationContract>> = Input<typeof notificationContract, K>
