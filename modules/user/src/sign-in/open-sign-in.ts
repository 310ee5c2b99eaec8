import { createHash, randomBytes } from 'node:crypto'
import { newId } from '@lyceum/platform/id'
import { sql } from 'kysely'
import type { UserContext } from '../context.ts'
import type { SignedIn } from '../contract.ts'
import { getMe } from '../me/get-me.ts'
import type { Account } from '../person/person.ts'
import { ACCESS_SECONDS, type AccessTokens } from './access-token.ts'
import { describeDevice } from './device.ts'

/** Days a sign-in lives without being used: on a device of one's own, and on one that forgets at closing. */
const REMEMBERED_DAYS = 30
const PASSING_DAYS = 1

export type SignInMethod = 'password' | 'oidc' | 'firebase' | 'invitation' | 'reset'

export const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/** A secret nobody guesses: 256 bits, safe in an address. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

export const signInExpiry = (now: Date, remembered: boolean): Date =>
  new Date(now.getTime() + (remembered ? REMEMBERED_DAYS : PASSING_DAYS) * 24 * 60 * 60 * 1000)

/** Signs a person in on the device that asks: a row, a refresh token, an access token. */
export async function openSignIn(
  context: UserContext,
  tokens: AccessTokens,
  account: Account,
  method: SignInMethod,
  remembered = true
): Promise<SignedIn> {
  const { tx, now, request } = context
  const id = newId()
  const secret = newSecret()
  await tx
    .insertInto('user.sign_in')
    .values({
      id,
      user_id: account.id,
      method,
      refresh_digest: digest(secret),
      rotated_at: now,
      device: describeDevice(request.userAgent),
      address: request.address,
      created_at: now,
      last_used_at: now,
      remembered,
      expires_at: signInExpiry(now, remembered)
    })
    .execute()
  await tx.updateTable('user.person').set({ last_active_at: now }).where('id', '=', account.id).execute()
  return answerSignIn(context, tokens, account, { id, refreshToken: `${id}.${secret}`, remembered })
}

/** The pair of tokens of a sign-in, and who it is. */
export async function answerSignIn(
  context: UserContext,
  tokens: AccessTokens,
  account: Account,
  {
    id: signInId,
    refreshToken,
    remembered
  }: { readonly id: string; readonly refreshToken: string; readonly remembered: boolean }
): Promise<SignedIn> {
  const { tenantId, now } = context
  const { id: userId, name, role, operator } = account
  return {
    accessToken: await tokens.issue({ tenantId, userId, signInId, name, role, operator }, now),
    expiresIn: ACCESS_SECONDS,
    refreshToken,
    remembered,
    user: await getMe({ tx: context.tx, userId })
  }
}

/** Takes back what was issued so far: of one sign-in, or of a whole person. Every process hears it. */
export async function revoke(
  { tx, now }: UserContext,
  channel: string,
  { userId, signInId }: { userId: string; signInId: string | null }
): Promise<void> {
  await tx
    .insertInto('user.revocation')
    .values({
      id: newId(),
      user_id: userId,
      sign_in_id: signInId,
      issued_before: now,
      expires_at: new Date(now.getTime() + 2 * ACCESS_SECONDS * 1000)
    })
    .execute()
  await sql`select pg_notify(${channel}, '')`.execute(tx)
}
