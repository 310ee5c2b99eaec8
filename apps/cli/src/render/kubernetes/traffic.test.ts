import { BUCKETS, drawBucket, readTraffic, TRAFFIC_HEADER } from '@lyceum/platform/bucket'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Colour } from '../../release/target.ts'
import { colourOf, type Traffic } from '../../target/host/traffic/traffic.ts'
import { routed } from '../../target/kubernetes/testing/gateway.ts'
import { defaultDeployment } from '../deployment.ts'
import { schemaFault } from '../testing/schema.ts'
import { below, routeOf, rulesOf, trafficOf } from './traffic.ts'

const limits = fc.integer({ min: 0, max: BUCKETS })
const colours = fc.constantFrom<Colour>('blue', 'green')
const releases = { blue: 'v1.2-a_b', green: 'v1.2-a_bc' } as const
const at = (limit: number, stable: Colour = 'blue'): Traffic => ({ stable, limit, releases, out: [] })
const routeFor = (traffic: Traffic) => {
  const route = { ...routeOf(defaultDeployment, ['learn.example.org']) }
  return { ...route, spec: { ...route.spec, rules: rulesOf(traffic) } }
}
const serviceFor = (route: unknown, cookie: string | undefined, draw = 0.5) =>
  routed(route, '/courses', cookie === undefined ? {} : { cookie }, draw).service

it('follows the rule for every one of 10,000 buckets, however they are written', () => {
  fc.assert(
    fc.property(limits, colours, (limit, stable) => {
      const route = routeFor(at(limit, stable))
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const given = bucket % 3 === 0 ? String(bucket).padStart(4, '0') : String(bucket)
        const cookie = bucket % 2 === 0 ? `a=1; lyceum_bucket=${given}; b=2` : `lyceum_bucket=${given}`
        if (serviceFor(route, cookie) !== `gateway-${colourOf(at(limit, stable), bucket)}`) return false
      }
      return true
    }),
    {
      numRuns: 6,
      examples: [
        [0, 'blue'],
        [1, 'blue'],
        [1_000, 'green'],
        [9_999, 'blue'],
        [10_000, 'green']
      ]
    }
  )
}, 120_000)

it('puts a pin before the bucket, in whatever order cookies come', () => {
  const route = routeFor(at(2_500))
  const pin = (release: string) => `lyceum_pin=${release}.1772000000.${'x'.repeat(43)}`
  expect(serviceFor(route, `${pin('v1.2-a_b')}; lyceum_bucket=17`)).toBe('gateway-blue')
  expect(serviceFor(route, `lyceum_bucket=17; ${pin('v1.2-a_b')}`)).toBe('gateway-blue')
  expect(serviceFor(route, `lyceum_bucket=9000; ${pin('v1.2-a_bc')}`)).toBe('gateway-green')
  // A release that runs nowhere is no dead end, and a dot of a name is no wildcard.
  expect(serviceFor(route, `${pin('v0')}; lyceum_bucket=17`)).toBe('gateway-green')
  expect(serviceFor(route, `${pin('v1x2-a_b')}; lyceum_bucket=9000`)).toBe('gateway-blue')
})

it('draws for whoever has no bucket, and the bucket that the product gives then leads to the same colour for good', () => {
  for (const limit of [0, 1_000, 2_500, 7_500, 10_000]) {
    const traffic = at(limit, 'green')
    const route = routeFor(traffic)
    const later = routeFor(at(Math.min(BUCKETS, limit + 1_500), 'green'))
    let moved = 0
    for (let person = 0; person < 4_000; person++) {
      const { service, set } = routed(route, '/', {}, (person + 0.5) / 4_000)
      const colour = service === 'gateway-blue' ? 'blue' : 'green'
      if (colour === 'blue') moved++
      const told = readTraffic(set[TRAFFIC_HEADER] ?? '')
      const bucket = told && drawBucket(told, releases[colour])
      expect(serviceFor(route, `lyceum_bucket=${bucket}`)).toBe(service)
      // Whoever has met the new release meets it at every larger share.
      if (colour === 'blue') expect(serviceFor(later, `lyceum_bucket=${bucket}`)).toBe('gateway-blue')
    }
    expect(Math.abs(moved / 4_000 - limit / BUCKETS)).toBeLessThan(0.001)
  }
})

it('lets whoever asks for a colour have it, and tells nobody the metrics', () => {
  const route = routeFor(at(10_000))
  expect(routed(route, '/', { 'x-lyceum-colour': 'blue', cookie: 'lyceum_bucket=17' }).service).toBe('gateway-blue')
  expect(routed(route, '/metrics', { cookie: 'lyceum_bucket=17' }).service).toBeUndefined()
})

it('is what the API takes, and is read back from what the API has', () => {
  for (const limit of [0, 1, 2_500, 9_999, 10_000])
    for (const traffic of [at(limit), { ...at(limit, 'green'), releases: { blue: null, green: 'v1' } }]) {
      const route = routeFor(traffic)
      expect(schemaFault(route)).toBeNull()
      // More is refused by the API.
      expect(route.spec.rules.length).toBeLessThanOrEqual(16)
      expect(trafficOf(route)).toEqual(traffic)
    }
  expect(trafficOf({ spec: { rules: [] } })).toBeUndefined()
})

it('says “below” in so few letters that the API takes them', () => {
  for (let limit = 1; limit < BUCKETS; limit += 7) expect(below(limit).length).toBeLessThan(200)
})
