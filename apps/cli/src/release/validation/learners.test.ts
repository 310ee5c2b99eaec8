import { startTestServer, type TestProduct, type TestServer } from '@lyceum/server/testing'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { p95Between, readMetrics } from '../../target/host/process-metrics.ts'
import type { Learners } from '../engine/surroundings.ts'
import type { Colour, Measurement } from '../target.ts'
import { planOf, rehearse } from '../testing/rehearsal.ts'
import { newWorld } from '../testing/simulated-target.ts'
import { openLearners } from './learners.ts'

let blue: TestServer
let green: TestProduct
let urls: Readonly<Record<Colour, string>>
let learners: Learners
beforeAll(async () => {
  blue = await startTestServer()
  green = await blue.beside({ RELEASE: 'next' })
  const listening = (app: FastifyInstance) => app.listen({ port: 0, host: '127.0.0.1' })
  urls = { blue: await listening(blue.app), green: await listening(green.app) }
  const { connectionString: ownerUrl = '' } = blue.owner.options
  learners = openLearners((work) => work(blue, { ownerUrl }))
})
afterAll(async () => {
  await learners?.leave()
  await blue?.close()
})

const counted = async (colour: Colour) => readMetrics(await (await fetch(`${urls[colour]}/metrics`)).text())
const schools = async () =>
  (await blue.owner.query('select count(*)::int as count from "user".tenant where synthetic')).rows[0].count

it('are counted apart by both releases, are not among those that use up the error budget, and leave nothing', async () => {
  const before = { blue: await counted('blue'), green: await counted('green') }
  const limits = { forMs: 60_000, most: 40, probes: [] }
  expect(await learners.visit({ candidate: urls.green, stable: urls.blue }, limits)).toEqual({
    lost: { candidate: 0, stable: 0 },
    why: null
  })
  expect(await schools()).toBe(1)
  for (const colour of ['blue', 'green'] as const) {
    const { requests, synthetic } = await counted(colour)
    expect(synthetic.requests).toBeGreaterThanOrEqual(40)
    expect(synthetic.requests).toBeLessThan(60)
    expect(synthetic.errors).toBe(0)
    expect(requests).toBe(before[colour].requests)
  }
  await Promise.all([blue, green].map(({ users }) => users.activity.keep()))
  const { rows: hours } = await blue.owner.query('select count(*)::int as count from "user".activity_hour')
  expect(hours).toEqual([{ count: 0 }])
  await blue.counts?.write()
  const { rows } = await blue.owner.query(
    'select coalesce(sum(requests), 0)::int as requests from platform.request_count'
  )
  expect(rows).toEqual([{ requests: 0 }])
  await learners.leave()
  expect(await schools()).toBe(0)
})

it('say what is lost where nobody answers', async () => {
  const visit = await learners.visit(
    { candidate: 'http://127.0.0.1:9', stable: null },
    { forMs: 200, most: 10, probes: [] }
  )
  expect(visit.lost.candidate).toBeGreaterThan(0)
  expect(visit.why).toContain('sign-in')
  await learners.leave()
})

it('fill up a release at night to its end, and are gone then', async () => {
  const before = new Map<Colour, Awaited<ReturnType<typeof counted>>>()
  /** As the target of one server reads it. */
  const measure = async (colour: Colour): Promise<Measurement> => {
    const reading = await counted(colour)
    const { requests, errors, within, hanging, synthetic } = reading
    const last = before.get(colour)
    before.set(colour, reading)
    return {
      requests,
      errors,
      p95Ms: p95Between(last?.within ?? new Map(), within),
      inFlightOver: hanging,
      restarts: 0,
      missing: false,
      synthetic: { ...synthetic, p95Ms: p95Between(last?.synthetic.within ?? new Map(), synthetic.within) }
    }
  }
  const { run, entries } = await rehearse(
    planOf({
      synthetic: true,
      weights: [50, 100],
      minSamples: 60,
      holdMs: 1,
      maxHoldMs: 1,
      bakeMs: 1,
      maxP95Ms: 60_000
    }),
    {
      world: newWorld(),
      works: { learners: { ...learners, visit: (to, limits) => learners.visit(to, { ...limits, forMs: 2_000 }) } },
      target: { measure, address: async (colour) => urls[colour] }
    }
  )
  expect(run.outcome).toEqual({ kind: 'released' })
  const passed = entries.filter((entry) => entry.type === 'measured' && entry.verdict === 'pass')
  expect(passed).toMatchObject([
    { step: 'watch 50', samples: 0, synthetic: { errors: 0, why: null } },
    { step: 'watch 100', samples: 0, synthetic: { errors: 0, why: null } },
    { step: 'bake' }
  ])
  expect(await schools()).toBe(0)
}, 120_000)
