import { type Mail, notificationContract } from '@lyceum/notification/contract'
import { HELD_BY_RESTORE } from '@lyceum/notification/hold-waiting-mail'
import { installationEntry } from '@lyceum/platform/runtime'
import type { Composition } from './compose.ts'

export interface HeldMail extends Pick<Mail, 'id' | 'to' | 'subject' | 'createdAt' | 'error'> {
  /** Because it may have been sent between a restored moment and a loss. */
  readonly byRestore: boolean
}

/** Messages of a school that are held, newest first. */
export async function listHeldMail(product: Composition, tenantId: string): Promise<HeldMail[]> {
  const held: HeldMail[] = []
  let cursor: string | undefined
  do {
    const page = await notifications(product, tenantId).listMails({
      state: 'held',
      limit: 100,
      ...(cursor === undefined ? {} : { cursor })
    })
    held.push(
      ...page.entries.map(({ id, to, subject, createdAt, error }) => ({
        id,
        to,
        subject,
        createdAt,
        error,
        byRestore: error === HELD_BY_RESTORE
      }))
    )
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return held
}

/** Has a held message sent. @throws mail.not-found, mail.already-sent */
export async function releaseMail(product: Composition, tenantId: string, mailId: string): Promise<void> {
  await notifications(product, tenantId).retryMail({ mailId })
}

const notifications = ({ runtime }: Composition, tenantId: string) =>
  runtime.runner('notification', installationEntry(tenantId)).asking.call(notificationContract)
