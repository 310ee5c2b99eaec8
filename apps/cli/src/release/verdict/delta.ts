import type { Answers, Measurement } from '../target.ts'

/** What one colour did between two measurements. */
export interface Delta extends Answers {
  readonly inFlightOver: number
  readonly restarts: number
  /** Of people who do not exist; left out where nobody counts them apart. */
  readonly synthetic?: Answers
}

/**
 * What happened from one measurement to the next; undefined where that cannot be known: a process did not answer, a value
 * is no number, or counters went backwards because a process began anew.
 */
export function between(before: Measurement, after: Measurement): Delta | undefined {
  if (before.missing || after.missing) return undefined
  const people = added(before, after)
  const synthetic = before.synthetic && after.synthetic ? added(before.synthetic, after.synthetic) : null
  const restarts = after.restarts - before.restarts
  const { inFlightOver } = after
  if (!people || synthetic === undefined || ![restarts, inFlightOver].every(isCount)) return undefined
  return { ...people, inFlightOver, restarts, ...(synthetic === null ? {} : { synthetic }) }
}

function added(before: Answers, after: Answers): Answers | undefined {
  const requests = after.requests - before.requests
  const errors = after.errors - before.errors
  const { p95Ms } = after
  const isSound = isCount(requests) && isCount(errors) && errors <= requests && (p95Ms === null || isCount(p95Ms))
  return isSound ? { requests, errors, p95Ms } : undefined
}

const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0

/** Whether counters began anew: then the window they belong to begins anew too. */
export const beganAnew = (before: Measurement, after: Measurement): boolean =>
  !after.missing &&
  (before.missing ||
    isFewer(before, after) ||
    (before.synthetic !== undefined && isFewer(before.synthetic, after.synthetic)))

const isFewer = (before: Answers, after: Answers | undefined): boolean =>
  after === undefined || after.requests < before.requests || after.errors < before.errors
