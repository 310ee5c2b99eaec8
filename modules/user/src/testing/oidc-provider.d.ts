declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'

  /** The few settings that the tests use; the package brings no types. */
  interface Settings {
    clients: { client_id: string; client_secret: string; redirect_uris: string[] }[]
    claims: Record<string, string[]>
    cookies: { keys: string[] }
    ttl: Record<string, number>
    pkce: { required: () => boolean }
    findAccount: (
      context: unknown,
      sub: string
    ) => { accountId: string; claims: () => Record<string, unknown> & { sub: string } }
  }

  export default class Provider {
    constructor(issuer: string, settings: Settings)
    callback(): RequestListener
  }
}
