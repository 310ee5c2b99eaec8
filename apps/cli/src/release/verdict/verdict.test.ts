import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Measurement } from '../target.ts'
import { beganAnew, between, type Delta } from './delta.ts'
import { binomialTail, poissonTail } from './poisson.ts'
import { isSlower, judge, type Limits, type Window } from './verdict.ts'

const limits: Limits = {
  minSamples: 1_000,
  holdMs: 300_000,
  maxErrorRate: 0.001,
  maxP95Ms: 500,
  maxSlowdown: 2,
  maxSilenceMs: 30_000
}
const delta = (requests: number, errors = 0, more = {}) => ({
  requests,
  errors,
  p95Ms: 120,
  inFlightOver: 0,
  restarts: 0,
  ...more
})
const window = (more: Partial<Window> = {}): Window => ({
  heldMs: 300_000,
  silentMs: 0,
  slowMs: 0,
  candidate: delta(1_000),
  stable: delta(9_000, 1),
  percent: 10,
  pinned: 0,
  before: { requests: 0, errors: 0 },
  ...more
})
const judged = (more: Partial<Window>) => {
  const { verdict, metric } = judge(window(more), limits)
  return `${verdict} ${metric}`
}

describe('a verdict', () => {
  it('advances on time and samples, never on one of them', () => {
    expect(judged({})).toBe('pass all')
    expect(judged({ heldMs: 299_999 })).toBe('inconclusive time')
    expect(judged({ candidate: delta(999), stable: delta(9_000) })).toBe('inconclusive samples')
  })

  it('stops above 0.1 % with at least two errors', () => {
    expect(judged({ candidate: delta(1_000, 1) })).toBe('pass all')
    expect(judged({ candidate: delta(1_000, 2) })).toBe('fail errors')
    expect(judged({ candidate: delta(3_000, 3), stable: delta(27_000, 20) })).toBe('pass all')
    expect(judged({ candidate: delta(3_000, 4), stable: delta(27_000, 20) })).toBe('fail errors')
  })

  it('does not wait for the end of a step when it is plain', () => {
    expect(judged({ heldMs: 1_000, candidate: delta(20, 20), stable: delta(180) })).toBe('fail errors')
    expect(judged({ heldMs: 1_000, candidate: delta(500, 1), stable: delta(4_500) })).toBe('inconclusive time')
  })

  it('compares with the release before over the same window', () => {
    const lax = { ...limits, maxErrorRate: 0.05 }
    const seen = (errors: number) => judge(window({ candidate: delta(2_000, errors), stable: delta(18_000, 18) }), lax)
    expect(seen(4).verdict).toBe('pass')
    expect(seen(20)).toMatchObject({ verdict: 'fail', metric: 'errors-compared' })
  })

  it('holds while a release is slower than the one before, and stops it when that lasts as long as a step', () => {
    const slow = { candidate: delta(1_000, 0, { p95Ms: 250 }) }
    expect(judged({ ...slow, slowMs: 5_000 })).toBe('inconclusive latency-compared')
    expect(judged({ ...slow, slowMs: 299_999 })).toBe('inconclusive latency-compared')
    expect(judged({ ...slow, slowMs: 300_000 })).toBe('fail latency-compared')
    expect(judged(slow)).toBe('pass all')
  })

  it('calls slower what people notice, and what is not of a handful of requests', () => {
    const of = (p95Ms: number | null, requests = 1_000) => delta(requests, 0, { p95Ms })
    const slower = (candidate: Delta | undefined, stable: Delta, percent = 50) =>
      isSlower({ candidate, stable, percent }, 2)
    expect(slower(of(241), of(120), 100)).toBe(false)
    expect(slower(of(241), of(120))).toBe(true)
    expect(slower(of(240), of(120))).toBe(false)
    expect(slower(of(24), of(8))).toBe(false)
    expect(slower(of(241, 99), of(120))).toBe(false)
    expect(slower(of(241), of(120, 99))).toBe(false)
    expect(slower(of(241), of(null))).toBe(false)
    expect(slower(undefined, of(120))).toBe(false)
  })

  it('sees what errors do not show: slowness, hanging, dying, silence', () => {
    expect(judged({ candidate: delta(1_000, 0, { p95Ms: 501 }) })).toBe('fail latency')
    expect(judged({ heldMs: 0, candidate: delta(10, 0, { inFlightOver: 3 }) })).toBe('fail hang')
    expect(
      judged({ candidate: delta(1_000, 0, { inFlightOver: 3 }), stable: delta(9_000, 0, { inFlightOver: 27 }) })
    ).toBe('pass all')
    expect(judged({ candidate: delta(1_000, 0, { restarts: 2 }) })).toBe('fail restarts')
    expect(judged({ candidate: undefined, silentMs: 30_001 })).toBe('fail silence')
  })

  it('waits where requests do not arrive, unless people are kept from it', () => {
    const starved = { candidate: delta(1_000), stable: delta(90_000) }
    expect(judged(starved)).toBe('inconclusive throughput')
    expect(judged({ ...starved, stable: delta(40_000) })).toBe('pass all')
    expect(judged({ ...starved, pinned: 3 })).toBe('pass all')
    expect(judged({ ...starved, pinned: null })).toBe('pass all')
  })

  it('counts people who do not exist as samples, and their errors, without thinning out those of people', () => {
    const few = { candidate: delta(200), stable: delta(1_800) }
    const ofNobody = (errors = 0, more = {}) => ({ requests: 800, errors, p95Ms: 100, ...more })
    const synthetic = { candidate: ofNobody(), stable: ofNobody() }
    expect(judged(few)).toBe('inconclusive samples')
    expect(judged({ ...few, synthetic })).toBe('pass all')
    expect(judged({ ...few, synthetic: { ...synthetic, candidate: ofNobody(0, { requests: 799 }) } })).toBe(
      'inconclusive samples'
    )
    expect(judged({ ...few, synthetic: { ...synthetic, candidate: ofNobody(2) } })).toBe('fail errors')
    // Three in two hundred are beyond chance, whatever others are answered beside.
    const many = { candidate: ofNobody(0, { requests: 90_000 }), stable: ofNobody(0, { requests: 90_000 }) }
    expect(judged({ candidate: delta(200, 2), stable: delta(1_800), synthetic: many })).toBe('fail errors')
    expect(judged({ ...few, synthetic: { ...synthetic, candidate: ofNobody(0, { p95Ms: 501 }) } })).toBe('fail latency')
    expect(
      judged({ ...few, slowMs: 300_000, synthetic: { ...synthetic, candidate: ofNobody(0, { p95Ms: 300 }) } })
    ).toBe('fail latency-compared')
  })

  it('never advances on numbers of people who do not exist that are none or went backwards', () => {
    const synthetic = { requests: 900, errors: 0, p95Ms: 100 }
    const base: Measurement = { ...delta(100), missing: false, synthetic }
    for (const one of [{ requests: 899 }, { errors: -1 }, { errors: Number.NaN }, { p95Ms: Number.NaN }]) {
      const after = { ...base, requests: 2_000, synthetic: { ...synthetic, ...one } }
      expect(between(base, after), JSON.stringify(one)).toBeUndefined()
    }
    expect(beganAnew(base, { ...base, synthetic: { ...synthetic, requests: 3 } })).toBe(true)
  })

  it('never advances on what is missing, no number, or counted backwards', () => {
    const base: Measurement = { requests: 100, errors: 1, p95Ms: 100, inFlightOver: 0, restarts: 0, missing: false }
    const bad: Partial<Measurement>[] = [
      { missing: true },
      { requests: Number.NaN },
      { errors: Number.NaN },
      { requests: 99 },
      { errors: 0 },
      { p95Ms: Number.NaN },
      { restarts: -1 },
      { requests: Number.POSITIVE_INFINITY },
      { errors: 900, requests: 101 }
    ]
    for (const one of bad) {
      const after = { ...base, requests: 2_000, ...one }
      expect(judged({ candidate: between(base, after) }), JSON.stringify(one)).toBe('inconclusive data')
      expect(judged({ stable: between(base, after) }), JSON.stringify(one)).toBe('inconclusive data')
    }
    expect(beganAnew(base, { ...base, requests: 3, errors: 0 })).toBe(true)
    expect(beganAnew(base, { ...base, missing: true, requests: 0 })).toBe(false)
    expect(judged({ candidate: delta(1_000, 0, { p95Ms: null }) })).toBe('inconclusive latency')
  })

  it('passes nothing, whatever the numbers, before its time and samples', () => {
    const count = fc.nat(20_000)
    const seen = fc.record({
      requests: count,
      errors: count,
      p95Ms: fc.option(fc.double()),
      inFlightOver: count,
      restarts: fc.nat(5)
    })
    fc.assert(
      fc.property(seen, seen, fc.nat(400_000), fc.nat(100), (candidate, stable, heldMs, percent) => {
        const { verdict } = judge(window({ candidate, stable, heldMs, percent }), limits)
        if (verdict !== 'pass') return
        expect(heldMs).toBeGreaterThanOrEqual(limits.holdMs)
        expect(candidate.requests).toBeGreaterThanOrEqual(limits.minSamples)
        expect(candidate.errors < 2 || candidate.errors / candidate.requests <= limits.maxErrorRate).toBe(true)
      })
    )
  })
})

it('computes tails as tables have them', () => {
  expect(poissonTail(2, 1)).toBeCloseTo(0.2642411, 6)
  expect(poissonTail(11, 10)).toBeCloseTo(0.4169602, 6)
  expect(poissonTail(4, 0.6)).toBeCloseTo(0.003358, 6)
  expect(binomialTail(3, 10, 0.1)).toBeCloseTo(0.0701908, 6)
  expect(binomialTail(60, 100, 0.5)).toBeCloseTo(0.028444, 6)
  expect(binomialTail(2, 10_000, 0.5)).toBeCloseTo(1, 9)
})
