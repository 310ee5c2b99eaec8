import { defineError } from '@lyceum/platform/errors'
import * as openid from 'openid-client'
import type { UserServices } from '../services.ts'
import { AddressRefused, createGuardedFetch } from './guarded-fetch.ts'
import { readIssuer, sealPlace } from './identity-provider.ts'
import { createSeal } from './seal.ts'

const IssuerRefused = defineError(
  'identity-provider.issuer-refused',
  'invalid',
  (why: string) => `This provider cannot be used: ${why}. Check the issuer’s address.`,
  (why) => ({ errors: [{ field: '/issuer', code: 'refused', message: why }] })
)

export interface StoredProvider {
  readonly id: string
  readonly version: number
  readonly issuer: string
  readonly clientId: string
  /** Sealed; null for public clients. */
  readonly clientSecret: string | null
}

export interface OpenIdClients {
  /** Fetches and checks the metadata of an issuer. @throws identity-provider.issuer-refused */
  discover(issuer: string, clientId: string, clientSecret: string | null): Promise<openid.Configuration>
  /** The same for a stored provider, remembered for an hour. */
  of(tenantId: string, provider: StoredProvider): Promise<openid.Configuration>
}

const KEEP_MS = 60 * 60 * 1000

/** Configured OpenID Connect clients, one for each provider. */
export function createOpenIdClients({
  keys,
  clock,
  identityProviders
}: Pick<UserServices, 'keys' | 'clock' | 'identityProviders'>): OpenIdClients {
  const seal = createSeal(keys, clock)
  const guardedFetch = createGuardedFetch(identityProviders)
  const known = new Map<string, { readonly until: number; readonly client: Promise<openid.Configuration> }>()

  const discover: OpenIdClients['discover'] = async (issuer, clientId, clientSecret) => {
    const configuration = await openid
      .discovery(
        readIssuer(issuer),
        clientId,
        undefined,
        clientSecret === null ? openid.None() : openid.ClientSecretPost(clientSecret),
        {
          [openid.customFetch]: (url, options) => guardedFetch(url, options),
          timeout: 10,
          execute: identityProviders.allowHttp ? [openid.allowInsecureRequests] : []
        }
      )
      .catch((error: unknown) => {
        throw IssuerRefused(describe(error))
      })
    mustServe(configuration.serverMetadata(), identityProviders.allowHttp)
    return useSecretAsAsked(configuration, clientId, clientSecret, guardedFetch, identityProviders.allowHttp)
  }

  return {
    discover,
    of: (tenantId, { id, version, issuer, clientId, clientSecret }) => {
      const key = `${id}:${version}`
      const found = known.get(key)
      if (found && found.until > performance.now()) return found.client
      const client = discover(
        issuer,
        clientId,
        clientSecret === null ? null : seal.open(clientSecret, sealPlace(tenantId, id))
      )
      known.set(key, { until: performance.now() + KEEP_MS, client })
      client.catch(() => known.delete(key))
      return client
    }
  }
}

/** client_secret_basic is what OpenID Connect assumes where metadata says nothing, and some accept nothing else. */
function useSecretAsAsked(
  configuration: openid.Configuration,
  clientId: string,
  clientSecret: string | null,
  guardedFetch: ReturnType<typeof createGuardedFetch>,
  allowHttp: boolean
): openid.Configuration {
  const methods = configuration.serverMetadata().token_endpoint_auth_methods_supported
  if (clientSecret === null || methods?.includes('client_secret_post')) return configuration
  const basic = new openid.Configuration(
    configuration.serverMetadata(),
    clientId,
    undefined,
    openid.ClientSecretBasic(clientSecret)
  )
  basic[openid.customFetch] = (url, options) => guardedFetch(url, options)
  basic.timeout = 10
  if (allowHttp) openid.allowInsecureRequests(basic)
  return basic
}

function mustServe(metadata: openid.ServerMetadata, allowHttp: boolean): void {
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    const address = metadata[name]
    if (address === undefined || !URL.canParse(address)) throw IssuerRefused(`its metadata has no ${name}`)
    const { protocol } = new URL(address)
    if (protocol !== 'https:' && !(allowHttp && protocol === 'http:'))
      throw IssuerRefused(`its ${name} is not an https address`)
  }
  if (metadata.response_types_supported?.includes('code') === false)
    throw IssuerRefused('it does not offer the authorization code flow')
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it did not answer'
  const { cause } = error
  const causes = [error, ...(cause instanceof Error ? [cause] : [])]
  const refused = causes.find((one) => one instanceof AddressRefused)
  if (refused) return refused.message
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') return 'its metadata names another issuer'
  if (code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || code === 'OAUTH_PARSE_ERROR' || code === 'OAUTH_RESPONSE_IS_NOT_JSON')
    return 'there is no OpenID Connect metadata at /.well-known/openid-configuration'
  if (code === 'OAUTH_TIMEOUT' || error.name === 'TimeoutError') return 'it did not answer in time'
  return `it could not be reached (${code || error.message})`
}
