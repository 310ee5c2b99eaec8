import type { Impact } from '@lyceum/platform/probe'
import type { NotificationContext } from '../context.ts'

export async function mailWaiting({ tx }: Pick<NotificationContext, 'tx'>): Promise<readonly Impact[]> {
  const { count } = await tx
    .selectFrom('notification.mail')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow()
  return [{ what: 'messages waiting to be sent', count, until: null }]
}
