import { defineError } from '@lyceum/platform/errors'
import { keep } from '@lyceum/platform/transaction'
import type { Given, UserContext } from '../context.ts'
import type { SignedIn } from '../contract.ts'
import type { AccessTokens } from './access-token.ts'
import { answerSignIn, digest, newSecret, revoke, signInExpiry } from './open-sign-in.ts'
import { REVOCATION_CHANNEL } from './revocation-list.ts'

const RefreshRefused = defineError(
  'auth.refresh-refused',
  'unauthenticated',
  () => 'Your sign-in has ended. Sign in again.'
)
const RefreshReused = defineError(
  'auth.refresh-reused',
  'unauthenticated',
  () => 'This refresh token was used before, so this sign-in was ended on every device it reached. Sign in again.'
)

/** An answer lost on a bad line, or two tabs at once: within this time the token before is taken too. */
const GRACE_MS = 30_000

/**
 * Exchanges a refresh token for a new pair; each is good once (RFC 9700 §4.14.2). One that comes back later was copied:
 * the whole sign-in ends.
 */
export const refresh =
  (tokens: AccessTokens) =>
  async (context: UserContext, { refreshToken }: Given<'refresh'>): Promise<SignedIn> => {
    const { tx, now, request } = context
    const [id, secret] = (refreshToken ?? request.refreshCookie ?? '').split('.')
    if (!id || !secret || !/^[0-9a-f-]{36}$/.test(id)) throw RefreshRefused()
    const found = await tx
      .selectFrom('user.sign_in as sign_in')
      .innerJoin('user.person as person', 'person.id', 'sign_in.user_id')
      .select([
        'sign_in.refresh_digest',
        'sign_in.previous_digest',
        'sign_in.rotated_at',
        'sign_in.expires_at',
        'sign_in.ended_at',
        'sign_in.remembered'
      ])
      .select(['person.id', 'person.name', 'person.email', 'person.role', 'person.operator', 'person.deactivated_at'])
      .where('sign_in.id', '=', id)
      .forUpdate('sign_in')
      .executeTakeFirst()
    if (
      !found ||
      found.ended_at !== null ||
      found.deactivated_at !== null ||
      Date.parse(found.expires_at) <= now.getTime()
    )
      throw RefreshRefused()
    const given = digest(secret)
    const inGrace = given === found.previous_digest && now.getTime() - Date.parse(found.rotated_at) < GRACE_MS
    if (given !== found.refresh_digest && !inGrace) {
      if (given !== found.previous_digest) throw RefreshRefused()
      await tx
        .updateTable('user.sign_in')
        .set({ ended_at: now, ended_because: 'refresh token used twice' })
        .where('id', '=', id)
        .execute()
      await revoke(context, REVOCATION_CHANNEL, { userId: found.id, signInId: id })
      throw keep(RefreshReused())
    }
    const next = newSecret()
    await tx
      .updateTable('user.sign_in')
      .set({
        refresh_digest: digest(next),
        previous_digest: given,
        rotated_at: now,
        last_used_at: now,
        expires_at: signInExpiry(now, found.remembered),
        address: request.address
      })
      .where('id', '=', id)
      .execute()
    await tx.updateTable('user.person').set({ last_active_at: now }).where('id', '=', found.id).execute()
    return answerSignIn(context, tokens, found, { id, refreshToken: `${id}.${next}`, remembered: found.remembered })
  }
