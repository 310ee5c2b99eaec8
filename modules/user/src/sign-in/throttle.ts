import { createHash } from 'node:crypto'
import { defineError } from '@lyceum/platform/errors'
import type { RateLimits } from '@lyceum/platform/rate-limits'
import { sql } from 'kysely'
import type { UserContext, UserSteps } from '../context.ts'

/** Guesses before somebody has to wait, and the window after which they are forgotten. */
const ACCOUNT_FAILURES = 5
const ADDRESS_FAILURES = 50
const WINDOW_MS = 15 * 60 * 1000
const LONGEST_WAIT_S = 15 * 60
/** Clocks of several servers differ by less. A guess further ahead was made before the clock was put back: forgotten. */
const SKEW_MS = 60_000

const Throttled = defineError(
  'auth.throttled',
  'throttled',
  (seconds: number) =>
    `Too many attempts. Wait ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}, or reset your password.`,
  (seconds) => ({ retryAfter: seconds, facts: { retryAfter: seconds } })
)

/** Attempts of any kind. A school shares an address, and signs in at eight o'clock on Monday. */
const ACCOUNT_ATTEMPTS = 100
const ADDRESS_ATTEMPTS = 3_000

/**
 * Refuses floods before they cost a hashed password, also those that come in all at once, before the first wrong guess is
 * counted; for all processes together. Who guesses is refused by
 * `mustNotBeThrottled`, which reads from the database and forgets nothing when a cache is lost.
 */
export async function mustNotFlood(
  { rateLimits }: { readonly rateLimits: RateLimits },
  { tenantId, request }: Pick<UserSteps, 'tenantId' | 'request'>,
  account: string
): Promise<void> {
  const keys = subjects(account, request.address)
  const [ofAccount, ofAddress] = await Promise.all([
    rateLimits.take(`sign-in:${tenantId}:${keys.account}`, ACCOUNT_ATTEMPTS, WINDOW_MS / 1000),
    rateLimits.take(`sign-in:${tenantId}:${keys.address}`, ADDRESS_ATTEMPTS, WINDOW_MS / 1000)
  ])
  for (const { allowed, resetSeconds } of [ofAccount, ofAddress]) if (!allowed) throw Throttled(resetSeconds)
}

interface Failures {
  readonly subject: string
  readonly failures: number
  readonly last_at: string
}

/** As digests, so that the table names nobody. */
const subjects = (account: string | null, address: string) => {
  const key = (kind: string, value: string) =>
    `${kind}:${createHash('sha256').update(value).digest('base64url').slice(0, 24)}`
  return { account: account === null ? null : key('account', account), address: key('address', address) }
}

const listed = ({ account, address }: ReturnType<typeof subjects>): string[] =>
  account === null ? [address] : [account, address]

/**
 * Refuses who has guessed too often lately: five times for one account, fifty from one address (a school shares one).
 * @param account what is guessed at: an address's key, or `reset:` or the like before it; null for the secret of a link
 */
export async function mustNotBeThrottled({ tx, now, request }: UserContext, account: string | null): Promise<void> {
  const keys = subjects(account, request.address)
  const rows: Failures[] = await tx
    .selectFrom('user.throttle')
    .select(['subject', 'failures', 'last_at'])
    .where('subject', 'in', listed(keys))
    .where('first_at', '>', sql<string>`${new Date(now.getTime() - WINDOW_MS)}`)
    .where('last_at', '<', sql<string>`${new Date(now.getTime() + SKEW_MS)}`)
    .execute()
  for (const { subject, failures, last_at } of rows) {
    const over = failures - (subject === keys.account ? ACCOUNT_FAILURES : ADDRESS_FAILURES)
    if (over < 0) continue
    const wait = Math.min(LONGEST_WAIT_S, 30 * 2 ** Math.min(over, 10))
    const left = Math.ceil(wait - (now.getTime() - Date.parse(last_at)) / 1000)
    if (left > 0) throw Throttled(left)
  }
}

/** Counts a wrong guess. The caller must keep its transaction (`keep`) although it refuses. */
export async function countFailure({ tx, now, request }: UserContext, account: string | null): Promise<void> {
  const keys = subjects(account, request.address)
  const windowStart = new Date(now.getTime() - WINDOW_MS)
  const ahead = new Date(now.getTime() + SKEW_MS)
  const counts = sql<boolean>`throttle.first_at > ${windowStart} and throttle.last_at < ${ahead}`
  await tx
    .insertInto('user.throttle')
    .values(
      listed(keys)
        .sort()
        .map((subject) => ({ subject, failures: 1, first_at: now, last_at: now }))
    )
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'subject']).doUpdateSet({
        failures: sql`case when ${counts} then throttle.failures + 1 else 1 end`,
        first_at: sql`case when ${counts} then throttle.first_at else ${now} end`,
        last_at: now
      })
    )
    .execute()
}

/** A right guess forgives the wrong ones of the account. */
export async function forgiveFailures({ tx, request }: UserContext, account: string): Promise<void> {
  await tx.deleteFrom('user.throttle').where('subject', '=', subjects(account, request.address).account).execute()
}
