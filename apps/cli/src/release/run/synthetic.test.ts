import { describe, expect, it } from 'vitest'
import type { Learners } from '../engine/surroundings.ts'
import { learnersOf, planOf, type Rehearsed, rehearse } from '../testing/rehearsal.ts'
import { newWorld, type World } from '../testing/simulated-target.ts'
import { longestFillMs, longestMs } from './plan.ts'
import { inWords } from './run.ts'

/** Hardly anybody is awake, so that no step ever has its thousand requests. */
const night = (given: Partial<World> = {}) => newWorld({ requestsPerLook: 30, ...given })
const plan = planOf({ synthetic: true, maxHoldMs: 120_000 })
const measured = ({ entries }: Rehearsed) => entries.flatMap((entry) => (entry.type === 'measured' ? [entry] : []))
const backAsBefore = { stable: 'blue', percent: 0, colours: { blue: { release: 'r1' }, green: { release: null } } }

describe('a release at night', () => {
  it('goes on when people who do not exist have filled up its samples, and counts them apart', async () => {
    const world = night()
    const rehearsed = await rehearse(plan, { world, works: { learners: learnersOf(world) } })
    expect(rehearsed.run.outcome).toEqual({ kind: 'released' })
    const passes = measured(rehearsed).filter(({ verdict, step }) => verdict === 'pass' && step !== 'bake')
    expect(passes).toHaveLength(5)
    for (const { samples, synthetic } of passes) {
      expect(samples).toBeLessThan(plan.minSamples)
      expect(samples + (synthetic?.requests ?? 0)).toBeGreaterThanOrEqual(plan.minSamples)
    }
    expect(inWords(passes[0] ?? expect.fail('nothing passed'))).toMatch(
      / [1-9]\d* requests, 9\d\d synthetic requests, 0 synthetic/
    )
  })

  it('is left alone until the longest hold is over, and is asked for no more than what is missing', async () => {
    const world = night()
    const visits: { forMs: number; most: number }[] = []
    const rehearsed = await rehearse(plan, { world, works: { learners: learnersOf(world, visits) } })
    const [first] = measured(rehearsed).filter(({ synthetic }) => synthetic !== undefined)
    const begun = rehearsed.entries.find((entry) => entry.type === 'begun' && entry.step === first?.step)
    expect(Date.parse(first?.at ?? '') - Date.parse(begun?.at ?? '')).toBeGreaterThan(plan.maxHoldMs)
    expect(visits.length).toBeGreaterThan(0)
    expect(Math.max(...visits.map(({ most }) => most))).toBeLessThan(plan.minSamples)
  })

  it('goes back for their errors as for those of people', async () => {
    const world = night({ requestsPerLook: 0, faults: { r2: { errorRate: 0.02 } } })
    const { run } = await rehearse(plan, { world, works: { learners: learnersOf(world) } })
    expect(run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringMatching(/^watch 10: errors/) })
    expect(world).toMatchObject(backAsBefore)
  })

  it('goes back when they are not answered at all, which no process counts', async () => {
    const world = night()
    const deaf: Learners = {
      visit: async () => ({ lost: { candidate: 1, stable: 0 }, why: null }),
      leave: async () => undefined
    }
    const { run } = await rehearse(plan, { world, works: { learners: deaf } })
    expect(run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringMatching(/^watch 10: errors/) })
  })

  it('never goes on when they cannot come, and says why', async () => {
    const world = night()
    const absent: Learners = {
      visit: () => Promise.reject(new Error('the database is away')),
      leave: async () => undefined
    }
    const { run } = await rehearse(plan, { world, works: { learners: absent } })
    expect(run.outcome).toMatchObject({
      kind: 'aborted',
      why: expect.stringMatching(/no verdict within the longest hold: watch 10: samples .*the database is away/)
    })
    expect(world.history).toEqual(['green 10', 'green 0', 'green stopped'])
  })

  it('never goes on where nobody counts them apart, however many they are', async () => {
    const world = night()
    const learners = learnersOf(world)
    const uncounted: Learners = {
      ...learners,
      visit: async (...asked) => {
        const visit = await learners.visit(...asked)
        for (const colour of ['blue', 'green'] as const) {
          const { synthetic: _, ...counters } = world.counters[colour]
          world.counters[colour] = counters
        }
        return visit
      }
    }
    const { run } = await rehearse(plan, { world, works: { learners: uncounted } })
    expect(run.outcome).toMatchObject({ kind: 'aborted' })
    expect(world.history).toEqual(['green 10', 'green 0', 'green stopped'])
  })

  it('waits for a person instead when told to', async () => {
    const world = night()
    const absent: Learners = { visit: () => Promise.reject(new Error('away')), leave: async () => undefined }
    const { run } = await rehearse({ ...plan, onMaxHold: 'hold' }, { world, works: { learners: absent }, stand: true })
    expect(run).toMatchObject({ outcome: null, held: expect.stringContaining('away') })
  })

  it('is left to people alone when they are switched off', async () => {
    const world = night()
    const visits: { forMs: number; most: number }[] = []
    const { run } = await rehearse(planOf({ synthetic: false }), {
      world,
      works: { learners: learnersOf(world, visits) }
    })
    expect(run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringContaining('samples') })
    expect(visits).toEqual([])
  })

  it('is filled up again after the tool was killed, at whichever line', async () => {
    for (let after = 10; after < 60; after += 3) {
      const world = night()
      const { run } = await rehearse(
        { ...plan, weights: [100], maxHoldMs: 300_000 },
        {
          world,
          works: { learners: learnersOf(world) },
          happenings: [{ after, what: after % 2 === 0 ? 'kill' : 'cut' }]
        }
      )
      expect(run.outcome).toEqual({ kind: 'released' })
    }
  })
})

it('leaves a release alone that people use', async () => {
  const world = newWorld()
  const visits: { forMs: number; most: number }[] = []
  const { run } = await rehearse(plan, { world, works: { learners: learnersOf(world, visits) } })
  expect(run.outcome).toEqual({ kind: 'released' })
  expect(visits).toEqual([])
})

it('counts the time of people who do not exist into the longest time', () => {
  expect(longestMs(plan) - longestMs({ ...plan, synthetic: false })).toBe(5 * longestFillMs(plan))
})
