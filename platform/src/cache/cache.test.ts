import { pino } from 'pino'
import Type from 'typebox'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newId } from '../id.ts'
import { openRedis } from '../redis/redis.ts'
import { hasRedis, type RedisServer, startRedis } from '../redis/testing/redis-server.ts'
import { createCache, defineCached } from './cache.ts'

const Greeting = defineCached({ name: 'greeting', v: 1, value: Type.Object({ text: Type.String() }), seconds: 60 })
const tenantId = newId()

it('makes a value each time without Redis, but once for all who ask together', async () => {
  const cache = createCache(undefined)
  const make = vi.fn(async () => ({ text: 'hello' }))
  const together = await Promise.all([1, 2, 3].map(() => cache.get(Greeting, tenantId, make)))
  expect(together).toEqual([{ text: 'hello' }, { text: 'hello' }, { text: 'hello' }])
  expect(make).toHaveBeenCalledTimes(1)
  await cache.get(Greeting, tenantId, make)
  expect(make).toHaveBeenCalledTimes(2)
  await cache.forget(Greeting, tenantId)
})

describe.skipIf(!hasRedis())('with Redis', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  })
  const start = async () => {
    const redis = await startRedis()
    opened.push(redis)
    return redis
  }
  const processOf = async ({ url }: RedisServer) => {
    const place = { url, sentinels: [], sentinelName: 'mymaster', sentinelPassword: null }
    const memory = openRedis(place, pino({ level: 'silent' }))
    opened.push(memory)
    await vi.waitFor(() => memory.check())
    return { memory, cache: createCache(memory) }
  }
  const never = async (): Promise<{ text: string }> => {
    throw new Error('it is there already')
  }

  it('gives every process what one of them made, until it is forgotten', async () => {
    const redis = await start()
    const [one, other] = [await processOf(redis), await processOf(redis)]
    await one.cache.get(Greeting, tenantId, async () => ({ text: 'one' }))
    expect(await other.cache.get(Greeting, tenantId, never)).toEqual({ text: 'one' })
    await other.cache.forget(Greeting, tenantId)
    expect(await one.cache.get(Greeting, tenantId, async () => ({ text: 'two' }))).toEqual({ text: 'two' })
    expect(await one.cache.get(Greeting, newId(), async () => ({ text: 'another school' }))).toEqual({
      text: 'another school'
    })
  })

  it('makes a value once although forty ask in several processes at the same moment', async () => {
    const redis = await start()
    const processes = [await processOf(redis), await processOf(redis), await processOf(redis)]
    const make = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      return { text: 'once' }
    })
    const asked = await Promise.all(
      Array.from({ length: 40 }, (_, at) => processes[at % 3]?.cache.get(Greeting, tenantId, make))
    )
    expect(asked).toEqual(Array.from({ length: 40 }, () => ({ text: 'once' })))
    expect(make).toHaveBeenCalledTimes(1)
  })

  it('keeps nothing that was read before somebody said that it changed', async () => {
    const redis = await start()
    const [one, other] = [await processOf(redis), await processOf(redis)]
    const slow = Promise.withResolvers<{ text: string }>()
    const reading = one.cache.get(Greeting, tenantId, () => slow.promise)
    await vi.waitFor(async () =>
      expect(await other.memory.ask((line) => line.exists(`cache:${tenantId}:making:greeting:1`))).toBe(1)
    )
    await other.cache.forget(Greeting, tenantId)
    slow.resolve({ text: 'old' })
    await reading
    expect(await other.cache.get(Greeting, tenantId, async () => ({ text: 'new' }))).toEqual({ text: 'new' })
    expect(await one.cache.get(Greeting, tenantId, never)).toEqual({ text: 'new' })
  })

  it('takes over from a process that died while making', { timeout: 20_000 }, async () => {
    const { memory, cache } = await processOf(await start())
    await memory.ask((line) => line.set(`cache:${tenantId}:making:greeting:1`, 'somebody dead', 'PX', 60_000))
    expect(await cache.get(Greeting, tenantId, async () => ({ text: 'mine' }))).toEqual({ text: 'mine' })
  })

  it('reads what a newer release added to, and keeps versions and nonsense apart', async () => {
    const { memory, cache } = await processOf(await start())
    const name = `cache:${tenantId}:value:greeting:1`
    await memory.ask((line) => line.set(name, JSON.stringify({ text: 'hi', colour: 'new' })))
    expect(await cache.get(Greeting, tenantId, never)).toMatchObject({ text: 'hi' })
    const Next = defineCached({ ...Greeting, v: 2 })
    expect(await cache.get(Next, tenantId, async () => ({ text: 'v2' }))).toEqual({ text: 'v2' })
    expect(await cache.get(Greeting, tenantId, never)).toMatchObject({ text: 'hi' })
    for (const nonsense of ['{"text":7}', 'no json']) {
      await memory.ask((line) => line.set(name, nonsense))
      expect(await cache.get(Greeting, tenantId, async () => ({ text: 'made' }))).toEqual({ text: 'made' })
    }
  })

  it('clears one school or all, and leaves what is counted', async () => {
    const { memory, cache } = await processOf(await start())
    const schools = [newId(), newId(), newId()]
    for (const school of schools) await cache.get(Greeting, school, async () => ({ text: school }))
    await memory.ask((line) => line.set('rate:somebody', 7))
    expect(await cache.clear(schools[0])).toBe(1)
    expect(await cache.get(Greeting, schools[1] ?? '', never)).toEqual({ text: schools[1] })
    expect(await cache.clear()).toBe(2)
    expect(await memory.ask((line) => line.get('rate:somebody'))).toBe('7')
  })

  it.each(['kill', 'freeze'] as const)(
    'goes on without Redis (%s), and with it again',
    { timeout: 20_000 },
    async (how) => {
      const redis = await start()
      const { cache } = await processOf(redis)
      await cache.get(Greeting, tenantId, async () => ({ text: 'kept' }))
      await redis[how]()
      expect(await cache.get(Greeting, tenantId, async () => ({ text: 'made' }))).toEqual({ text: 'made' })
      await cache.forget(Greeting, tenantId)
      expect(await cache.clear()).toBeUndefined()
      if (how === 'kill') await redis.start()
      else redis.thaw()
      await vi.waitFor(async () => expect(await cache.clear()).toBeTypeOf('number'), { timeout: 10_000 })
      await cache.get(Greeting, tenantId, async () => ({ text: 'new' }))
      expect(await cache.get(Greeting, tenantId, never)).toEqual({ text: 'new' })
    }
  )
})
