import type { Clock } from '../clock.ts'
import { defineError } from '../errors.ts'
import type { Entry } from '../module/runtime.ts'
import type { RateLimits } from '../rate-limit/rate-limits.ts'

const TooMany = defineError(
  'request.too-many',
  'throttled',
  (seconds: number) =>
    `Too many requests in a short time. Wait ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}, then go on.`,
  (seconds) => ({ retryAfter: seconds })
)

/** Requests allowed by class; 0 for no limit. */
export interface RequestLimitOptions {
  readonly limits: RateLimits
  readonly clock: Clock
  /** From one address without a sign-in, in a quarter of an hour. */
  readonly anonymous: number
  /** From one address at operations where secrets can be guessed, in a quarter of an hour. */
  readonly guesses: number
  /** Of one signed-in person in a minute. */
  readonly person: number
  /** Of one school in a minute. */
  readonly tenant: number
}

export interface RequestLimits {
  /** @throws request.too-many */
  admit(entry: Entry, route: { readonly guessable?: boolean | undefined }): Promise<void>
}

const QUARTER_HOUR = 15 * 60
const MINUTE = 60
/** What everybody who is signed in adds to what their address may ask without a sign-in: a classroom shares one address. */
const PER_NEIGHBOUR = 20

/** Keeps one client from taking what is there for all. Jobs and other modules are never counted. */
export function createRequestLimits({
  limits,
  clock,
  anonymous,
  guesses,
  person,
  tenant
}: RequestLimitOptions): RequestLimits {
  const neighbours = rememberNeighbours(clock)
  const take = async (key: string, limit: number, seconds: number) => {
    if (limit === 0) return
    const { allowed, resetSeconds } = await limits.take(key, limit, seconds)
    if (!allowed) throw TooMany(resetSeconds)
  }
  return {
    admit: async ({ caller: { userId, tenantId }, request: { address, synthetic } }, { guessable }) => {
      // Nobody knows the name of a synthetic school but the tool that made it. It asks from one address, again and again, and
      // whoever else asks from there must not be why a release is taken back.
      if (synthetic) return take(`tenant:${tenantId}`, tenant, MINUTE)
      if (userId !== null) {
        neighbours.saw(address, userId)
        await take(`person:${userId}`, person, MINUTE)
      } else {
        const more = neighbours.of(address) * PER_NEIGHBOUR
        await take(`anonymous:${address}`, anonymous === 0 ? 0 : anonymous + more, QUARTER_HOUR)
        if (guessable) await take(`guess:${address}`, guesses === 0 ? 0 : guesses + more, QUARTER_HOUR)
      }
      await take(`tenant:${tenantId}`, tenant, MINUTE)
    }
  }
}

/** Addresses remembered at most, and people of each: beyond that, more of them change nothing worth the memory. */
const MOST_ADDRESSES = 20_000
const MOST_PEOPLE = 500

/** Who was signed in at an address in the last quarter of an hour or so. */
function rememberNeighbours(clock: Clock) {
  let recent = new Map<string, Set<string>>()
  let before = new Map<string, Set<string>>()
  let since = clock.now().getTime()
  const turn = () => {
    const now = clock.now().getTime()
    if (Math.abs(now - since) < QUARTER_HOUR * 1000 && recent.size < MOST_ADDRESSES) return
    before = recent
    recent = new Map()
    since = now
  }
  return {
    saw: (address: string, userId: string): void => {
      turn()
      const people = recent.get(address) ?? new Set()
      if (people.size < MOST_PEOPLE) people.add(userId)
      recent.set(address, people)
    },
    of: (address: string): number => Math.max(recent.get(address)?.size ?? 0, before.get(address)?.size ?? 0)
  }
}
