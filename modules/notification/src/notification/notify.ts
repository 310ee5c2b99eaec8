import { newId } from '@lyceum/platform/id'
import type { NotificationContext } from '../context.ts'
import type { Notification } from '../contract.ts'

export type News = Pick<Notification, 'kind' | 'values' | 'link'> & { readonly userId: string }

/** Tells one person what happened: facts, not words, so that the screen can speak the reader's language. */
export async function notify({ tx, now }: NotificationContext, { userId, kind, values, link }: News): Promise<void> {
  await tx
    .insertInto('notification.notification')
    .values({ id: newId(), user_id: userId, kind, values: JSON.stringify(values), link, created_at: now })
    .execute()
}
