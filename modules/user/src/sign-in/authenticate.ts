import type { Authenticate } from '@lyceum/platform/authenticate'
import { anyone } from '@lyceum/platform/caller'
import type { Clock } from '@lyceum/platform/clock'
import { defineError, LyceumError } from '@lyceum/platform/errors'
import type { TenantDirectory } from '../tenant/tenant-directory.ts'
import type { AccessTokens } from './access-token.ts'
import type { Presence } from './presence.ts'
import type { RevocationList } from './revocation-list.ts'

const AccessRevoked = defineError('auth.access-expired', 'unauthenticated', () => 'Your sign-in needs refreshing.')
const WrongSchool = defineError(
  'auth.access-invalid',
  'unauthenticated',
  () => 'This access token belongs to another school. Sign in here.'
)

/** The door of every request: which school, and who. */
export const authenticator =
  ({
    tenants,
    tokens,
    revocations,
    clock,
    seenBy
  }: {
    readonly tenants: TenantDirectory
    readonly tokens: AccessTokens
    readonly revocations: RevocationList
    readonly clock: Clock
    /** Whoever counts people. */
    readonly seenBy: readonly Pick<Presence, 'seen'>[]
  }): Authenticate =>
  async ({ host, tenantSlug, accessToken }) => {
    const { id: tenantId, synthetic } = await tenants.resolve(host, tenantSlug)
    if (accessToken === undefined) return { caller: anyone(tenantId), synthetic }
    try {
      const token = await tokens.read(accessToken, clock.now())
      if (token.caller.tenantId !== tenantId) throw WrongSchool()
      if (revocations.revoked(token)) throw AccessRevoked()
      // Whoever does not exist makes no hour a busy one.
      if (!synthetic) for (const counter of seenBy) counter.seen(tenantId, token.caller.userId)
      return { caller: token.caller, synthetic }
    } catch (error) {
      if (error instanceof LyceumError) return { caller: anyone(tenantId), refused: error, synthetic }
      throw error
    }
  }
