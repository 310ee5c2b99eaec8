import { defineError, LyceumError } from '@lyceum/platform/errors'
import { inSteps } from '@lyceum/platform/module'
import * as openid from 'openid-client'
import type { Given, UserContext, UserSteps } from '../context.ts'
import type { OpenIdClients, StoredProvider } from '../identity-provider/openid-clients.ts'
import { digest, newSecret } from '../sign-in/open-sign-in.ts'
import { failedPath, localPath } from './return-to.ts'

const ProviderUnavailable = defineError(
  'auth.provider-unavailable',
  'not-found',
  () => 'This way to sign in is not offered any more. Choose another.'
)

export const CALLBACK = '/api/v1/auth/callback'

/** Minutes somebody may take at the provider. */
const MINUTES = 10

/**
 * Sends the browser to the provider: authorization code with PKCE (RFC 7636), state and nonce. The state is worth nothing
 * without the secret that this browser gets as a cookie.
 */
export const startProviderSignIn = (clients: OpenIdClients) =>
  inSteps(
    async (
      { transact, tenantId, request }: UserSteps,
      { providerId, returnTo }: Given<'startProviderSignIn'>
    ): Promise<{ location: string; browserSecret?: string }> => {
      try {
        const provider = await transact((context) => readOpenIdProvider(context, providerId))
        const client = await clients.of(tenantId, provider)
        const state = newSecret()
        const browserSecret = newSecret()
        const nonce = openid.randomNonce()
        const codeVerifier = openid.randomPKCECodeVerifier()
        await transact(({ tx, now }) =>
          tx
            .insertInto('user.provider_sign_in')
            .values({
              state_digest: digest(`${state}.${browserSecret}`),
              provider_id: providerId,
              code_verifier: codeVerifier,
              nonce,
              return_to: localPath(returnTo),
              expires_at: new Date(now.getTime() + MINUTES * 60 * 1000)
            })
            .execute()
        )
        const location = openid.buildAuthorizationUrl(client, {
          redirect_uri: `${request.origin}${CALLBACK}`,
          scope: 'openid email profile',
          state,
          nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256'
        })
        return { location: location.href, browserSecret }
      } catch (error) {
        if (error instanceof LyceumError) return { location: failedPath(error.code) }
        throw error
      }
    }
  )

/** @throws auth.provider-unavailable where there is none, it is switched off, or of another kind */
export async function readOpenIdProvider(
  { tx }: Pick<UserContext, 'tx'>,
  providerId: string
): Promise<StoredProvider & { readonly createAccounts: boolean }> {
  const { issuer, clientId, ...provider } = await tx
    .selectFrom('user.identity_provider')
    .select(['id', 'version', 'issuer', 'client_id as clientId', 'client_secret as clientSecret'])
    .select('create_accounts as createAccounts')
    .where('id', '=', providerId)
    .where('kind', '=', 'oidc')
    .where('enabled', '=', true)
    .executeTakeFirstOrThrow(() => ProviderUnavailable())
  if (issuer === null || clientId === null) throw ProviderUnavailable()
  return { ...provider, issuer, clientId }
}
