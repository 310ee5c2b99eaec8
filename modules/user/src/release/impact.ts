import type { Impact } from '@lyceum/platform/probe'
import type { UserContext } from '../context.ts'

/** Access tokens last fifteen minutes: whoever refreshed since then is most likely still there. */
const LATELY_MS = 15 * 60_000

export async function peopleActive({ tx, now }: Pick<UserContext, 'tx' | 'now'>): Promise<readonly Impact[]> {
  const { count } = await tx
    .selectFrom('user.sign_in')
    .select((eb) => eb.fn.count<number>('user_id').distinct().as('count'))
    .where('ended_at', 'is', null)
    .where('last_used_at', '>', new Date(now.getTime() - LATELY_MS).toISOString())
    .executeTakeFirstOrThrow()
  return [{ what: 'people active', count, until: null }]
}
