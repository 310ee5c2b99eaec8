import type { Caller } from '../auth/caller.ts'
import type { LyceumError } from '../errors.ts'

/** What a request brings that may say who is asking. */
export interface Credentials {
  /** Host name without port, lower case. */
  readonly host: string
  /** A school's slug, from a trusted gateway. */
  readonly tenantSlug: string | undefined
  readonly accessToken: string | undefined
}

export interface Authenticated {
  /** `anyone` of the tenant where the token was refused or there is none. */
  readonly caller: Caller
  /** Why the token was refused (auth.access-expired, auth.access-invalid, auth.revocations-unavailable). */
  readonly refused?: LyceumError
  /** The school was made to try a release out. */
  readonly synthetic?: boolean
}

/**
 * Resolves the tenant from the host and the caller from the token.
 * @throws tenant.unknown, tenant.suspended
 */
export type Authenticate = (credentials: Credentials) => Promise<Authenticated>
