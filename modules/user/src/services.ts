import type { Authenticate } from '@lyceum/platform/authenticate'
import type { Cache } from '@lyceum/platform/cache'
import type { Clock } from '@lyceum/platform/clock'
import type { Database } from '@lyceum/platform/database'
import type { Keys } from '@lyceum/platform/keys'
import type { Listener } from '@lyceum/platform/listener'
import type { RateLimits } from '@lyceum/platform/rate-limits'
import type { SharedMemory } from '@lyceum/platform/redis'
import { type ActivityCount, openActivityCount } from './activity/activity-count.ts'
import type { FetchLimits } from './identity-provider/guarded-fetch.ts'
import { openSchoolCache, type SchoolCache } from './school/school-cache.ts'
import { type AccessTokens, accessTokens } from './sign-in/access-token.ts'
import { authenticator } from './sign-in/authenticate.ts'
import { createPresence } from './sign-in/presence.ts'
import { openRevocationList, type RevocationList } from './sign-in/revocation-list.ts'
import { openTenantDirectory, type TenantDirectory } from './tenant/tenant-directory.ts'

/** Which identity providers a school may name. */
export interface IdentityProviderLimits extends FetchLimits {
  /** Where the keys of Firebase ID tokens are; null for Google’s own address. */
  readonly firebaseKeysUrl: string | null
}

/** What the user module keeps in memory, and the door it holds for every other module. */
export interface UserServices {
  readonly tokens: AccessTokens
  readonly revocations: RevocationList
  readonly tenants: TenantDirectory
  readonly authenticate: Authenticate
  readonly schools: SchoolCache
  readonly rateLimits: RateLimits
  readonly clock: Clock
  readonly database: Database
  /** Of TOKEN_SECRET. Seal what must be read again, but not by whoever reads the database: client secrets of identity providers. */
  readonly keys: Keys
  /** How people reach the installation, such as `https://learn.example.org`: where links in mail lead. */
  readonly publicUrl: string
  readonly identityProviders: IdentityProviderLimits
  /** Signed-in people of a school seen in the last five minutes by this process. */
  activePeople(tenantId: string): Promise<number>
  /** How many people came in each hour. */
  readonly activity: ActivityCount
}

export async function openUserServices(options: {
  readonly database: Database
  readonly listener: Listener
  /** Undefined without Redis. */
  readonly memory: SharedMemory | undefined
  readonly cache: Cache
  readonly rateLimits: RateLimits
  readonly clock: Clock
  readonly keys: Keys
  readonly publicUrl: string
  readonly identityProviders: IdentityProviderLimits
  readonly localNames: readonly string[]
}): Promise<UserServices> {
  const { database, listener, memory, cache, rateLimits, clock, keys, publicUrl, identityProviders, localNames } =
    options
  const tokens = accessTokens(keys)
  const revocations = await openRevocationList(database, listener, clock, memory)
  const tenants = await openTenantDirectory(database, listener, { localNames })
  const schools = await openSchoolCache(cache, listener)
  const presence = createPresence(clock)
  const activity = openActivityCount(database, clock)
  const authenticate = authenticator({ tenants, tokens, revocations, clock, seenBy: [presence, activity] })
  return {
    tokens,
    revocations,
    tenants,
    authenticate,
    schools,
    rateLimits,
    clock,
    database,
    keys,
    publicUrl,
    identityProviders,
    activePeople: async (tenantId) => presence.count(tenantId),
    activity
  }
}
