import type { Measurement } from '../../apps/cli/src/release/target.ts'
import { between } from '../../apps/cli/src/release/verdict/delta.ts'
import { judge, type Limits } from '../../apps/cli/src/release/verdict/verdict.ts'

const ROLLOUTS = 10_000
const HEALTHY = 0.0002
const WEIGHTS = [10, 25, 50, 75, 100]
const LOOKS = 30
const LIMITS: Limits = {
  minSamples: 1_000,
  holdMs: 300_000,
  maxErrorRate: 0.001,
  maxP95Ms: 500,
  maxSlowdown: 2,
  maxSilenceMs: 30_000
}

/**
 * Rollouts of five steps, thirty looks each, at two loads: so little that every step gets just its 1,000 requests, and a
 * hundred requests a second. The release before fails as seldom as a healthy one. What is counted: good releases that are
 * stopped by chance, bad ones that are caught, and where.
 */
export function simulate(tell: (line: string) => void): Simulated {
  const loads: Record<string, readonly Rate[]> = {}
  const perStepOf = {
    least: () => 1_000,
    hundredPerSecond: (percent: number) => 300 * percent
  }
  for (const [name, perStep] of Object.entries(perStepOf))
    loads[name] = [HEALTHY, 0.0005, 0.002, 0.005, 0.01].map((errorRate) => {
      const ends = rollOutOften(errorRate, perStep)
      const stopped = ends.filter(({ step }) => step !== null)
      const share = stopped.length / ROLLOUTS
      const atFirst = stopped.filter(({ step }) => step === 0).length / ROLLOUTS
      const errorsSeen = ends.reduce((sum, end) => sum + end.errors, 0) / ROLLOUTS
      tell(
        `${name}: ${errorRate * 100} % errors: ${(share * 100).toFixed(2)} % stopped, ${(atFirst * 100).toFixed(2)} % at 10 %, ${errorsSeen.toFixed(1)} errors seen`
      )
      return { errorRate, stopped: share, stoppedAtFirstStep: atFirst, errorsSeen }
    })
  const healthy = Object.values(loads).flatMap((rates) => rates.filter(({ errorRate }) => errorRate === HEALTHY))
  return { rollouts: ROLLOUTS, falseAbortRate: Math.max(...healthy.map(({ stopped }) => stopped)), loads }
}

interface Rate {
  readonly errorRate: number
  readonly stopped: number
  readonly stoppedAtFirstStep: number
  readonly errorsSeen: number
}

export interface Simulated {
  readonly rollouts: number
  /** Share of healthy releases that chance stopped, at the load where that is worst. */
  readonly falseAbortRate: number
  readonly loads: Readonly<Record<string, readonly Rate[]>>
}

/** The same 10,000 rollouts every time. */
export function rollOutOften(rate: number, perStep: (percent: number) => number) {
  const random = randomFrom(20_260)
  return Array.from({ length: ROLLOUTS }, () => rollOut(rate, perStep, random))
}

function rollOut(
  rate: number,
  perStep: (percent: number) => number,
  random: () => number
): { step: number | null; errors: number } {
  let before = { requests: 0, errors: 0 }
  for (const [step, percent] of WEIGHTS.entries()) {
    const perLook = Math.ceil(perStep(percent) / LOOKS)
    const perLookOfStable = Math.round((perLook * (100 - percent)) / percent)
    let candidate = nothing()
    let stable = nothing()
    const start = { candidate, stable }
    for (let look = 1; look <= LOOKS; look++) {
      candidate = counted(candidate, perLook, rate, random)
      stable = counted(stable, perLookOfStable, HEALTHY, random)
      const { verdict } = judge(
        {
          heldMs: (LIMITS.holdMs * look) / LOOKS,
          silentMs: 0,
          slowMs: 0,
          candidate: between(start.candidate, candidate),
          stable: between(start.stable, stable),
          percent,
          pinned: 0,
          before
        },
        LIMITS
      )
      if (verdict === 'fail') return { step, errors: before.errors + candidate.errors }
      if (verdict === 'pass') break
    }
    before = { requests: before.requests + candidate.requests, errors: before.errors + candidate.errors }
  }
  return { step: null, errors: before.errors }
}

const nothing = (): Measurement => ({
  requests: 0,
  errors: 0,
  p95Ms: 100,
  inFlightOver: 0,
  restarts: 0,
  missing: false
})

const counted = (before: Measurement, requests: number, rate: number, random: () => number): Measurement => ({
  ...before,
  requests: before.requests + requests,
  errors: before.errors + rare(requests * rate, requests, random)
})

/** A Poisson number: what so many independent requests of so small a rate amount to. */
function rare(expected: number, most: number, random: () => number): number {
  const end = Math.exp(-expected)
  let product = random()
  let count = 0
  while (product > end && count < most) {
    product *= random()
    count++
  }
  return count
}

/** Mulberry32: the same numbers in every run. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
