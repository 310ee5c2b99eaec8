import { defineError, invalidFields } from '@lyceum/platform/errors'
import type { ExpressionBuilder } from 'kysely'
import type { Static } from 'typebox'
import type { Tables, UserContext } from '../context.ts'
import type { IdentityProvider as IdentityProviderSchema } from '../contract.ts'

export type IdentityProvider = Static<typeof IdentityProviderSchema>

export const ProviderNotFound = defineError(
  'identity-provider.not-found',
  'not-found',
  () => 'There is no such identity provider in this school.'
)
export const ProviderStale = defineError(
  'identity-provider.stale',
  'stale',
  (_version: number) => 'Somebody changed this provider meanwhile. Look at the new values and decide again.',
  (version) => ({ facts: { version } })
)

/** The secret itself never leaves: only whether there is one. */
export const providerColumns = (eb: ExpressionBuilder<Tables, 'user.identity_provider'>) =>
  [
    'id',
    'name',
    'kind',
    'issuer',
    'client_id as clientId',
    eb('client_secret', 'is not', null).$castTo<boolean>().as('hasClientSecret'),
    'project_id as projectId',
    'create_accounts as createAccounts',
    'enabled',
    'version'
  ] as const

export const readProvider = ({ tx }: Pick<UserContext, 'tx'>, providerId: string): Promise<IdentityProvider> =>
  tx
    .selectFrom('user.identity_provider')
    .select(providerColumns)
    .where('id', '=', providerId)
    .executeTakeFirstOrThrow(() => ProviderNotFound())

/** Where a sealed client secret belongs. */
export const sealPlace = (tenantId: string, providerId: string): string => `${tenantId}/${providerId}`

/** An issuer as OpenID Connect Discovery 1.0 §3 has it: an address without query or fragment. @throws request.invalid */
export function readIssuer(issuer: string): URL {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '') return url
  throw invalidFields([
    {
      field: '/issuer',
      code: 'not-an-issuer',
      message: 'The issuer must be an address such as https://id.example.org.'
    }
  ])
}
