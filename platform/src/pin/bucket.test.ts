import { expect, it } from 'vitest'
import { BUCKETS, drawBucket, readTraffic, type ToldTraffic, writeTraffic } from './bucket.ts'

const told = (limit: number): ToldTraffic => ({
  stable: 'green',
  limit,
  releases: { blue: 'r2', green: 'r1' }
})

it('gives buckets of the part that a release has, so that the next request comes back to it', () => {
  for (const limit of [1, 2_500, 9_999])
    for (let time = 0; time < 500; time++) {
      expect(drawBucket(told(limit), 'r2')).toBeLessThan(limit)
      expect(drawBucket(told(limit), 'r1')).toBeGreaterThanOrEqual(limit)
    }
})

it('makes every bucket alike when the front draws by the weights', () => {
  const tenths = new Array<number>(10).fill(0)
  for (let time = 0; time < 20_000; time++) {
    const bucket = drawBucket(told(2_500), time % 4 === 0 ? 'r2' : 'r1') ?? -1
    tenths[Math.floor(bucket / 1_000)] = (tenths[Math.floor(bucket / 1_000)] ?? 0) + 1
  }
  for (const count of tenths) expect(Math.abs(count / 20_000 - 0.1)).toBeLessThan(0.015)
})

it('gives any bucket where nothing is shared, and none to a release that has no part', () => {
  for (const limit of [0, BUCKETS])
    for (const release of ['r1', 'r2']) expect(drawBucket(told(limit), release)).toBeTypeOf('number')
  expect(drawBucket(told(2_500), 'r0')).toBeUndefined()
})

it('reads what it wrote, and nothing else', () => {
  const empty: ToldTraffic = { stable: 'blue', limit: 0, releases: { blue: null, green: null } }
  for (const traffic of [told(2_500), empty]) expect(readTraffic(writeTraffic(traffic))).toEqual(traffic)
  for (const text of ['', 'stable=red,limit=1,blue=,green=', 'stable=blue,limit=10001,blue=,green='])
    expect(readTraffic(text)).toBeUndefined()
})
