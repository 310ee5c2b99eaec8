import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openRedis, type SharedMemory } from '../redis/redis.ts'
import { hasRedis, type RedisServer, startRedis } from '../redis/testing/redis-server.ts'
import { createLocalRateLimits } from './local-rate-limits.ts'
import type { RateLimits } from './rate-limits.ts'
import { createRedisRateLimits } from './redis-rate-limits.ts'

const allowedOf = async (limits: RateLimits, key: string, times: number, limit = 3, seconds = 60) => {
  const taken = []
  for (let time = 0; time < times; time++) taken.push((await limits.take(key, limit, seconds)).allowed)
  return taken.filter(Boolean).length
}

describe('in one process', () => {
  it('allows as many as the limit in a window, says what is left and starts anew after it', async () => {
    let now = 0
    const limits = createLocalRateLimits(() => now)
    expect(await limits.take('a', 2, 60)).toEqual({ allowed: true, remaining: 1, resetSeconds: 60 })
    now = 10_000
    expect(await limits.take('a', 2, 60)).toEqual({ allowed: true, remaining: 0, resetSeconds: 50 })
    now = 59_999
    expect(await limits.take('a', 2, 60)).toEqual({ allowed: false, remaining: 0, resetSeconds: 1 })
    expect(await limits.take('b', 2, 60)).toMatchObject({ allowed: true })
    now = 60_000
    expect(await limits.take('a', 2, 60)).toEqual({ allowed: true, remaining: 1, resetSeconds: 60 })
  })

  it('keeps whoever used up the limit out although a flood of other keys comes by', async () => {
    let now = 0
    const limits = createLocalRateLimits(() => now)
    await allowedOf(limits, 'guesser', 3)
    for (let key = 0; key < 150_000; key++) await limits.take(`other ${key}`, 3, 10)
    now = 1_000
    expect(await limits.take('guesser', 3, 60)).toMatchObject({ allowed: false })
  })
})

describe.skipIf(!hasRedis())('in Redis', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  })
  const server = async (): Promise<RedisServer> => {
    const redis = await startRedis()
    opened.push(redis)
    return redis
  }
  const memoryOf = async ({ url }: RedisServer): Promise<SharedMemory> => {
    const place = { url, sentinels: [], sentinelName: 'mymaster', sentinelPassword: null }
    const memory = openRedis(place, pino({ level: 'silent' }))
    opened.push(memory)
    await vi.waitFor(() => memory.check())
    return memory
  }

  it('counts for all processes together, also when they ask at the same moment', async () => {
    const redis = await server()
    const processes = [createRedisRateLimits(await memoryOf(redis)), createRedisRateLimits(await memoryOf(redis))]
    const taken = await Promise.all(Array.from({ length: 40 }, (_, time) => processes[time % 2]?.take('api:a', 25, 60)))
    expect(taken.filter((one) => one?.allowed)).toHaveLength(25)
    expect(await processes[0]?.take('api:a', 25, 60)).toMatchObject({ allowed: false, remaining: 0 })
  })

  it('forgets the window when it ends', async () => {
    const limits = createRedisRateLimits(await memoryOf(await server()))
    expect(await allowedOf(limits, 'a', 3, 2, 1)).toBe(2)
    await vi.waitFor(async () => expect((await limits.take('a', 2, 1)).allowed).toBe(true), { timeout: 5_000 })
  })

  it.each(['kill', 'freeze'] as const)(
    'goes on alone from the last number when it hears nothing more (%s)',
    async (how) => {
      const redis = await server()
      const limits = createRedisRateLimits(await memoryOf(redis))
      expect(await allowedOf(limits, 'a', 2)).toBe(2)
      await redis[how]()
      expect(await allowedOf(limits, 'a', 5)).toBe(1)
      if (how === 'freeze') redis.thaw()
      else await redis.start()
      // Redis that was killed knows nothing any more; a frozen one goes on counting.
      await vi.waitFor(async () => expect((await limits.take('b', 1_000, 60)).remaining).toBeLessThan(999), {
        timeout: 10_000
      })
    }
  )
})
