import type { Clock } from '@lyceum/platform/clock'
import type { Database } from '@lyceum/platform/database'
import { defineError } from '@lyceum/platform/errors'
import { inInstallation } from '@lyceum/platform/installation-db'
import type { Listener } from '@lyceum/platform/listener'
import type { SharedMemory } from '@lyceum/platform/redis'
import { sql } from 'kysely'
import type { Tables } from '../context.ts'
import type { ReadToken } from './access-token.ts'

export const REVOCATION_CHANNEL = 'lyceum_revocation'

const RevocationsUnavailable = defineError(
  'auth.revocations-unavailable',
  'unavailable',
  () => 'Sign-ins cannot be checked at the moment. Nothing was changed; please try again in a few seconds.',
  () => ({ retryAfter: 5 })
)

/** How long the list may go without being read before nobody is believed any more. */
const STALE_AFTER_MS = 30_000

export interface RevocationList {
  /** Whether a token that is otherwise good was taken back. @throws auth.revocations-unavailable when the list is too old */
  revoked(token: ReadToken): boolean
  /** Reads the list now: after a revocation of this process's own making. */
  refresh(): Promise<void>
  /** How often this process has taken something back. */
  made(): number
  close(): void
}

/** Access tokens that were taken back before they expired, in memory. Fails closed. */
export async function openRevocationList(
  database: Database,
  listener: Listener,
  clock: Clock,
  memory?: SharedMemory
): Promise<RevocationList> {
  let signIns = new Set<string>()
  let people = new Map<string, number>()
  let readAt = Number.NEGATIVE_INFINITY
  /** Revocations that lie ahead, because the clock was put back since: by id, when that was first seen. */
  let ahead = new Map<string, number>()
  let made = 0

  const refresh = async (): Promise<void> => {
    const started = performance.now()
    const now = clock.now()
    const rows = await inInstallation<
      Tables,
      { id: string; user_id: string; sign_in_id: string | null; issued_before: string }[]
    >(database, (tx) =>
      tx
        .selectFrom('user.revocation')
        .select(['id', 'user_id', 'sign_in_id', 'issued_before'])
        .where('expires_at', '>', sql<string>`${now}`)
        .execute()
    )
    const nextAhead = new Map<string, number>()
    const nextSignIns = new Set<string>()
    const nextPeople = new Map<string, number>()
    for (const { id, user_id, sign_in_id, issued_before } of rows) {
      let before = Date.parse(issued_before)
      // Taken at its word it would refuse every new sign-in until the clock has caught up.
      if (before > now.getTime()) {
        before = ahead.get(id) ?? now.getTime()
        nextAhead.set(id, before)
      }
      if (sign_in_id !== null) nextSignIns.add(sign_in_id)
      else nextPeople.set(user_id, Math.max(nextPeople.get(user_id) ?? 0, before))
    }
    ahead = nextAhead
    signIns = nextSignIns
    people = nextPeople
    readAt = started
  }
  const refreshQuietly = () => void refresh().catch(() => undefined)

  await listener.on(REVOCATION_CHANNEL, refreshQuietly)
  // A second way for the news, also where a pooler lets nobody listen. What is true stays in the database.
  memory?.hear(REVOCATION_CHANNEL, refreshQuietly)
  memory?.back(refreshQuietly)
  await refresh()
  const timer = setInterval(refreshQuietly, 5_000)
  timer.unref()

  return {
    revoked: ({ caller: { signInId, userId }, issuedAt }) => {
      // The monotonic clock: a wall clock that jumps must neither open nor close the door.
      if (performance.now() - readAt > STALE_AFTER_MS) throw RevocationsUnavailable()
      if (signInId !== null && signIns.has(signInId)) return true
      const before = userId === null ? undefined : people.get(userId)
      // One issued in the very millisecond counts as before: better refreshed once too often than believed wrongly.
      return before !== undefined && issuedAt <= before
    },
    refresh: async () => {
      made++
      memory?.tell(REVOCATION_CHANNEL, '')
      await refresh()
    },
    made: () => made,
    close: () => clearInterval(timer)
  }
}
