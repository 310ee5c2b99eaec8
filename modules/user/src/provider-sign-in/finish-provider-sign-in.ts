import { defineError, LyceumError } from '@lyceum/platform/errors'
import { inSteps } from '@lyceum/platform/module'
import { sql } from 'kysely'
import * as openid from 'openid-client'
import type { Given, UserSteps } from '../context.ts'
import type { SignedIn } from '../contract.ts'
import type { OpenIdClients } from '../identity-provider/openid-clients.ts'
import type { UserServices } from '../services.ts'
import { digest, openSignIn } from '../sign-in/open-sign-in.ts'
import { type Identity, recognise } from './recognise.ts'
import { failedPath } from './return-to.ts'
import { CALLBACK, readOpenIdProvider } from './start-provider-sign-in.ts'

const SignInExpired = defineError(
  'auth.provider-sign-in-expired',
  'invalid',
  () => 'This sign-in took too long, was finished already, or began in another browser. Begin again.'
)
const ProviderRefused = defineError(
  'auth.provider-refused',
  'unauthenticated',
  () => 'The provider did not sign you in. Begin again, or sign in another way.'
)

type Finished = { location: string } & Partial<SignedIn>

/**
 * Takes the browser back from the provider: exchanges the code, checks the ID token (signature, issuer, audience, nonce)
 * and the issuer named beside the code (RFC 9207), and signs in. Whatever fails becomes a code on the sign-in page.
 */
export const finishProviderSignIn = (
  { tokens, revocations }: Pick<UserServices, 'tokens' | 'revocations'>,
  clients: OpenIdClients
) =>
  inSteps(async (steps: UserSteps, given: Given<'finishProviderSignIn'>): Promise<Finished> => {
    const { transact, tenantId, request } = steps
    try {
      const begun = await transact(async (context) => {
        const row = await context.tx
          .deleteFrom('user.provider_sign_in')
          .where('state_digest', '=', digest(`${given.state}.${request.providerCookie ?? ''}`))
          .where('expires_at', '>', sql<string>`${context.now}`)
          .returning(['provider_id', 'code_verifier', 'nonce', 'return_to'])
          .executeTakeFirst()
        return row ? { ...row, provider: await readOpenIdProvider(context, row.provider_id) } : undefined
      })
      if (!begun) throw SignInExpired()
      const client = await clients.of(tenantId, begun.provider)
      const identity = await askProvider(client, callbackOf(request.origin, given), {
        pkceCodeVerifier: begun.code_verifier,
        expectedNonce: begun.nonce,
        expectedState: given.state,
        idTokenExpected: true
      })
      const signedIn = await transact(async (context) =>
        openSignIn(context, tokens, await recognise(context, begun.provider, identity), 'oidc')
      )
      await revocations.refresh()
      return { location: begun.return_to, ...signedIn }
    } catch (error) {
      if (error instanceof LyceumError) return { location: failedPath(error.code) }
      throw error
    }
  })

function callbackOf(
  origin: string,
  { state, code, iss, error, error_description }: Given<'finishProviderSignIn'>
): URL {
  const url = new URL(CALLBACK, origin)
  for (const [name, value] of Object.entries({ state, code, iss, error, error_description }))
    if (value !== undefined) url.searchParams.set(name, value)
  return url
}

async function askProvider(
  client: openid.Configuration,
  callback: URL,
  checks: openid.AuthorizationCodeGrantChecks
): Promise<Identity> {
  try {
    const answer = await openid.authorizationCodeGrant(client, callback, checks)
    const claims = answer.claims()
    if (!claims) throw ProviderRefused()
    const atHand = typeof claims.email === 'string'
    const more =
      atHand || client.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : await openid.fetchUserInfo(client, answer.access_token, claims.sub)
    const { email, email_verified, name }: Record<string, unknown> = { ...claims, ...more }
    return {
      subject: claims.sub,
      email: typeof email === 'string' ? email : null,
      emailVerified: email_verified === true,
      name: typeof name === 'string' ? name : null
    }
  } catch (error) {
    // Each of its refusals (a wrong nonce, a foreign issuer, a consent denied) is one to the person: it did not work.
    if (isRefusal(error)) throw ProviderRefused()
    throw error
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof openid.ClientError ||
  error instanceof openid.AuthorizationResponseError ||
  error instanceof openid.ResponseBodyError ||
  error instanceof openid.WWWAuthenticateChallengeError ||
  error instanceof TypeError
