import type { Measurement } from '../target.ts'

/** What one colour did between two measurements. */
export interface Delta {
  readonly requests: number
  readonly errors: number
  readonly p95Ms: number | null
  readonly inFlightOver: number
  readonly restarts: number
}

/**
 * What happened from one measurement to the next; undefined where that cannot be known: a process did not answer, a value
 * is no number, or counters went backwards because a process began anew.
 */
export function between(before: Measurement, after: Measurement): Delta | undefined {
  if (before.missing || after.missing) return undefined
  const delta = {
    requests: after.requests - before.requests,
    errors: after.errors - before.errors,
    p95Ms: after.p95Ms,
    inFlightOver: after.inFlightOver,
    restarts: after.restarts - before.restarts
  }
  const { p95Ms, ...counts } = delta
  if (!Object.values(counts).every((count) => Number.isFinite(count) && count >= 0)) return undefined
  if (delta.errors > delta.requests || (p95Ms !== null && !(Number.isFinite(p95Ms) && p95Ms >= 0))) return undefined
  return delta
}

/** Whether counters began anew: then the window they belong to begins anew too. */
export const beganAnew = (before: Measurement, after: Measurement): boolean =>
  !after.missing && (before.missing || after.requests < before.requests || after.errors < before.errors)
