import { newId } from '@lyceum/platform/id'
import { sql } from 'kysely'
import type { UserContext } from '../context.ts'
import { ACCESS_SECONDS } from './access-token.ts'
import { revoke } from './open-sign-in.ts'
import { REVOCATION_CHANNEL } from './revocation-list.ts'

/**
 * Ends sign-ins of a person and takes their access tokens back, one by one rather than by the time they were issued, so
 * that the sign-in of this very moment can stay. Call `revocations.refresh()` after the commit.
 * @returns how many ended
 */
export async function endSignIns(
  { tx, now }: Pick<UserContext, 'tx' | 'now'>,
  {
    userId,
    only,
    except = null,
    because
  }: {
    readonly userId: string
    readonly only?: string
    readonly except?: string | null
    readonly because: string
  }
): Promise<number> {
  const ended = await tx
    .updateTable('user.sign_in')
    .set({ ended_at: now, ended_because: because })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
    .$if(except !== null, (query) => query.where('id', '!=', except ?? ''))
    .returning('id')
    .execute()
  if (ended.length === 0) return 0
  await tx
    .insertInto('user.revocation')
    .values(
      ended.map(({ id }) => ({
        id: newId(),
        user_id: userId,
        sign_in_id: id,
        issued_before: now,
        expires_at: new Date(now.getTime() + 2 * ACCESS_SECONDS * 1000)
      }))
    )
    .execute()
  await sql`select pg_notify(${REVOCATION_CHANNEL}, '')`.execute(tx)
  return ended.length
}

/** Takes back every access token issued to a person so far; refreshing brings new ones, where a sign-in is left. */
export const revokePerson = (context: UserContext, userId: string): Promise<void> =>
  revoke(context, REVOCATION_CHANNEL, { userId, signInId: null })
