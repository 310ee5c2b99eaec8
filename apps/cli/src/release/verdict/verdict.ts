import type { Answers } from '../target.ts'
import type { Delta } from './delta.ts'
import { binomialTail, poissonTail } from './poisson.ts'

export interface Limits {
  /** Requests the release must have answered in the step before it may go on. */
  readonly minSamples: number
  readonly holdMs: number
  /** Share of answers from 500 on, 0.001 for 0.1 %. */
  readonly maxErrorRate: number
  readonly maxP95Ms: number
  /** How many times as long as the release before it may take, for 95 of 100 requests. */
  readonly maxSlowdown: number
  /** For how long a release that gets requests may leave the question for its numbers unanswered. */
  readonly maxSilenceMs: number
}

/** All that a verdict is formed from. Time counts only while numbers came. */
export interface Window {
  readonly heldMs: number
  readonly silentMs: number
  /** For how long, without a look in between, it has been slower than the release before may be; see `isSlower`. */
  readonly slowMs: number
  /** Since the step began; undefined where nothing is known. */
  readonly candidate: Delta | undefined
  /** The same window of the release that was there before; undefined where nothing is known. */
  readonly stable: Delta | undefined
  /** Share of people sent to the candidate, 1–100. */
  readonly percent: number
  /** People whom a pin keeps at the release before, whatever the share is; null where it is not known. */
  readonly pinned: number | null
  /** Of the steps before, whose windows are closed. */
  readonly before: Counts
  /** What people who do not exist were answered in the same window, where they fill up its samples. */
  readonly synthetic?: { readonly candidate: Answers; readonly stable: Answers | undefined }
  /** The same of the steps before. */
  readonly syntheticBefore?: Counts
}

type Counts = Pick<Answers, 'requests' | 'errors'>

/** `inconclusive` never advances: it waits for more. */
export interface Verdict {
  readonly verdict: 'pass' | 'fail' | 'inconclusive'
  readonly metric:
    | 'errors'
    | 'errors-compared'
    | 'latency'
    | 'latency-compared'
    | 'hang'
    | 'restarts'
    | 'silence'
    | 'data'
    | 'samples'
    | 'time'
    | 'throughput'
    | 'database'
    | 'all'
  readonly value: number | null
  readonly threshold: number | null
  /** Requests of people. */
  readonly samples: number
  /** In words, for whoever asks why. */
  readonly why: string
}

/** Fewer errors are nobody's evidence. */
const LEAST_ERRORS = 2
/** How improbable it must be that chance alone did it, at every look between the ends of steps. */
const SURPRISE = 0.0005
/** Fewer say nothing about a percentile of 95. */
const LEAST_FOR_LATENCY = 100
/** Nobody notices less. */
const LEAST_SLOWER_MS = 20
/** A release that has just been started is slow for a moment. */
const LEAST_SLOW_MS = 15_000
/** So many requests running for longer than 10 s are no long upload. */
const LEAST_STUCK = 3
const MOST_RESTARTS = 1
/**
 * Of the share of requests it should get; a release that gets less than a fifth is not being asked, or does not answer. A dozen
 * people who ask in turn do not make that of themselves once in a hundred times; half of it they would make every tenth time.
 */
const LEAST_SHARE = 0.2
const LEAST_FOR_SHARE = 200

/**
 * Whether a release may go on. Three rules about errors, so that a bad release is caught early and a good one is seldom
 * stopped by chance:
 *
 * - at every look: its error rate is above the limit beyond chance (exact Poisson tail of the step's own window);
 * - at every look: it is worse than the release before in the same window (the conditional exact test of two Poisson
 *   rates, Przyborowski and Wilenski 1940);
 * - once, when a step has had its time and samples: errors of the whole rollout divided by its requests are above the
 *   limit, with at least two errors. Over all steps and not each by itself, because five separate looks at 1,000 requests
 *   would stop every twelfth good release.
 *
 * Where people who do not exist fill up the samples, each rule is asked twice: of people alone, whose errors nobody may thin
 * out, and of everybody together.
 */
export function judge(window: Window, limits: Limits): Verdict {
  const { candidate, stable, heldMs, silentMs, slowMs, synthetic } = window
  const samples = candidate?.requests ?? 0
  const say = (
    verdict: Verdict['verdict'],
    metric: Verdict['metric'],
    value: number | null,
    threshold: number | null,
    why: string
  ): Verdict => ({ verdict, metric, value, threshold, samples, why })

  if (silentMs > limits.maxSilenceMs)
    return say('fail', 'silence', silentMs, limits.maxSilenceMs, 'its processes have not answered for their numbers')
  if (candidate === undefined) return say('inconclusive', 'data', null, null, 'its numbers are missing')
  const crowds = crowdsOf(window, candidate)
  const broken =
    stuck(candidate, stable) ?? restarted(candidate) ?? firstOf(crowds.map((crowd) => failing(crowd, limits)))
  if (broken) return say('fail', broken.metric, broken.value, broken.threshold, broken.why)
  const pairs = pairsOf(window)
  const slow = pairs.find((pair) => isSlow(pair.candidate, limits.maxP95Ms))?.candidate
  if (slow) return say('fail', 'latency', slow.p95Ms, limits.maxP95Ms, '95 of 100 requests should be faster than that')
  const slower = slowMs > 0 ? pairs.find((pair) => isSlower(pair, limits.maxSlowdown)) : undefined
  if (slower?.candidate && slower.stable?.p95Ms) {
    const lasts = slowMs >= limits.holdMs && slowMs >= LEAST_SLOW_MS ? 'fail' : 'inconclusive'
    const threshold = slower.stable.p95Ms * limits.maxSlowdown
    return say(lasts, 'latency-compared', slower.candidate.p95Ms, threshold, 'it is slower than the release before')
  }
  if (stable === undefined)
    return say('inconclusive', 'data', null, null, 'the numbers of the release before are missing')
  if (heldMs < limits.holdMs) return say('inconclusive', 'time', heldMs, limits.holdMs, 'the step has not had its time')
  const all = samples + (synthetic?.candidate.requests ?? 0)
  if (all < limits.minSamples) return say('inconclusive', 'samples', all, limits.minSamples, 'too few requests to know')
  if (all > 0 && pairs.every((pair) => pair.candidate?.p95Ms === null))
    return say('inconclusive', 'latency', null, limits.maxP95Ms, 'no latency was measured')
  const starved = starving(window, candidate, stable)
  if (starved) return say('inconclusive', 'throughput', starved.value, starved.threshold, starved.why)
  const wholes = crowds.map(({ candidate: now, before }) => plus(now, before))
  const bad = wholes.find((whole) => whole.errors >= LEAST_ERRORS && rateOf(whole) > limits.maxErrorRate)
  if (bad)
    return say('fail', 'errors', rateOf(bad), limits.maxErrorRate, `${bad.errors} errors in ${bad.requests} requests`)
  return say('pass', 'all', Math.max(...wholes.map(rateOf)), limits.maxErrorRate, 'within every limit')
}

/** Whether 95 of 100 requests took too many times as long as at the release before in this window, whoever made them. */
export const isSlowerIn = (
  window: Pick<Window, 'candidate' | 'stable' | 'percent' | 'synthetic'>,
  maxSlowdown: number
): boolean => pairsOf(window).some((pair) => isSlower(pair, maxSlowdown))

/**
 * Whether 95 of 100 of its requests took too many times as long as at the release before, at the last look. Never when
 * everybody was sent over: then only people with pins ask the release before, and it answers them at leisure.
 */
export function isSlower({ candidate, stable, percent }: Compared, maxSlowdown: number): boolean {
  if (percent >= 100) return false
  if (!candidate || !stable || candidate.p95Ms === null || stable.p95Ms === null) return false
  if (Math.min(candidate.requests, stable.requests) < LEAST_FOR_LATENCY) return false
  return candidate.p95Ms > stable.p95Ms * maxSlowdown && candidate.p95Ms - stable.p95Ms >= LEAST_SLOWER_MS
}

const isSlow = (one: Answers | undefined, maxP95Ms: number): boolean =>
  one !== undefined && one.p95Ms !== null && one.p95Ms > maxP95Ms && one.requests >= LEAST_FOR_LATENCY

interface Compared {
  readonly candidate: Answers | undefined
  readonly stable: Answers | undefined
  readonly percent: number
}

/** Answers at both releases by who asked: times of people and of others are never mixed. */
const pairsOf = ({
  candidate,
  stable,
  percent,
  synthetic
}: Compared & Pick<Window, 'synthetic'>): readonly Compared[] =>
  // Who does not exist asks both alike, whatever the share of people is.
  [{ candidate, stable, percent }, ...(synthetic ? [{ ...synthetic, percent: 50 }] : [])]

/** Requests that are counted together. */
interface Crowd {
  readonly candidate: Counts
  readonly stable: Counts | undefined
  readonly before: Counts
}

/** People, and everybody, where there is anybody else. */
function crowdsOf({ stable, before, synthetic, syntheticBefore }: Window, candidate: Delta): readonly Crowd[] {
  const people = { candidate, stable, before }
  if (!synthetic && !syntheticBefore?.requests) return [people]
  const everybody = {
    candidate: plus(candidate, synthetic?.candidate),
    stable: stable && plus(stable, synthetic?.stable),
    before: plus(before, syntheticBefore)
  }
  return [people, everybody]
}

const plus = (one: Counts, other: Counts = { requests: 0, errors: 0 }): Counts => ({
  requests: one.requests + other.requests,
  errors: one.errors + other.errors
})

const rateOf = ({ requests, errors }: Counts): number => (requests === 0 ? 0 : errors / requests)

const firstOf = <Found>(all: readonly (Found | undefined)[]): Found | undefined => all.find((one) => one !== undefined)

type Broken = Pick<Verdict, 'metric' | 'value' | 'threshold' | 'why'>

function failing({ candidate, stable, before }: Crowd, { maxErrorRate }: Limits): Broken | undefined {
  const { requests, errors } = candidate
  if (errors < LEAST_ERRORS) return undefined
  const rate = errors / requests
  if (rate > maxErrorRate && poissonTail(errors, requests * maxErrorRate) <= SURPRISE)
    return { metric: 'errors', value: rate, threshold: maxErrorRate, why: `${errors} errors in ${requests} requests` }
  const all = plus(candidate, before)
  if (all.errors / all.requests > maxErrorRate && poissonTail(all.errors, all.requests * maxErrorRate) <= SURPRISE)
    return {
      metric: 'errors',
      value: all.errors / all.requests,
      threshold: maxErrorRate,
      why: `${all.errors} errors in ${all.requests} requests of all steps`
    }
  if (stable === undefined || stable.requests === 0) return undefined
  const share = requests / (requests + stable.requests)
  const chance = binomialTail(errors, errors + stable.errors, share)
  return chance <= SURPRISE
    ? {
        metric: 'errors-compared',
        value: rate,
        threshold: stable.errors / stable.requests,
        why: `${errors} of ${requests} failed, and ${stable.errors} of ${stable.requests} at the release before`
      }
    : undefined
}

/** More than twice what the release before has, in proportion: long uploads run on both. */
function stuck({ inFlightOver, requests }: Delta, stable: Delta | undefined): Broken | undefined {
  const usual = stable && stable.requests > 0 ? (stable.inFlightOver * requests) / stable.requests : 0
  const threshold = Math.max(LEAST_STUCK, 2 * usual)
  return inFlightOver >= threshold
    ? { metric: 'hang', value: inFlightOver, threshold, why: 'requests have been running for longer than 10 seconds' }
    : undefined
}

const restarted = ({ restarts }: Delta): Broken | undefined =>
  restarts > MOST_RESTARTS
    ? { metric: 'restarts', value: restarts, threshold: MOST_RESTARTS, why: 'its processes keep ending' }
    : undefined

function starving({ percent, pinned }: Window, { requests }: Delta, stable: Delta): Broken | undefined {
  // With people who stay where they are, requests say nothing about shares.
  if (percent >= 100 || pinned !== 0) return undefined
  const expected = (stable.requests * percent) / (100 - percent)
  return expected >= LEAST_FOR_SHARE && requests < expected * LEAST_SHARE
    ? {
        metric: 'throughput',
        value: requests,
        threshold: expected * LEAST_SHARE,
        why: 'it answers less than a fifth of the requests that are its share'
      }
    : undefined
}
