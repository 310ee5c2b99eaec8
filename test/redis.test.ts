import { openRedis } from '@lyceum/platform/redis'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../platform/src/redis/testing/redis-server.ts'

const PATIENCE = { timeout: 20_000, interval: 50 }

describe.skipIf(!hasRedis())('with Redis', { timeout: 90_000 }, () => {
  let redis: RedisServer
  let server: TestServer
  let other: Awaited<ReturnType<TestServer['beside']>>
  beforeAll(async () => {
    redis = await startRedis()
    server = await startTestServer({ env: { REDIS_URL: redis.url } })
    other = await server.beside()
    const well = async () => {
      for (const { health } of [server, other])
        expect(await health.checks()).toContainEqual({ name: 'redis', ok: true, message: 'answers' })
    }
    await vi.waitFor(well, PATIENCE)
  })
  afterAll(async () => {
    await server?.close()
    await redis?.close()
  })

  const schoolAt = async ({ app }: Pick<TestServer, 'app'>, host: string) =>
    (await app.inject({ url: '/api/v1/school', headers: { host } })).json()
  const meAt = async ({ app }: Pick<TestServer, 'app'>, host: string, token: string) =>
    (await app.inject({ url: '/api/v1/me', headers: { host, authorization: `Bearer ${token}` } })).statusCode

  it('reads the school of a page once for all processes, and shows a change at once everywhere', async () => {
    const school = await server.newSchool()
    const { api } = await school.person('administrator')
    const { name } = await schoolAt(server, school.host)
    await server.owner.query(`update "user".tenant set name = 'By hand' where id = $1`, [school.id])
    expect((await schoolAt(other, school.host)).name).toBe(name)
    await api.user.updateSchool({ name: 'Changed' }, { ifMatch: 1 })
    expect((await schoolAt(server, school.host)).name).toBe('Changed')
    expect((await schoolAt(other, school.host)).name).toBe('Changed')
    await server.owner.query(`update "user".tenant set name = 'By hand' where id = $1`, [school.id])
    expect(await other.cache.clear(school.id)).toBe(1)
    expect((await schoolAt(server, school.host)).name).toBe('By hand')
  })

  it('counts what became of every look, and says whether Redis answers', async () => {
    const school = await server.newSchool()
    await schoolAt(server, school.host)
    const measured = async (series: string) => {
      const { body } = await other.service('user').app.inject('/metrics')
      const line = body
        .split('\n')
        .find((each) => each.startsWith(`${series},release=`) || each.startsWith(`${series}release=`))
      return Number(line?.split(' ').at(-1) ?? 0)
    }
    const hits = 'lyceum_cache_total{kind="school",outcome="hit"'
    const before = await measured(hits)
    await schoolAt(other, school.host)
    expect(await measured(hits)).toBe(before + 1)
    expect(await measured('lyceum_redis_up{')).toBe(1)
    expect(await measured('lyceum_redis_memory_bytes{')).toBeGreaterThan(0)
  })

  it('forgets what a process told of that died before it could say so to Redis', async () => {
    const school = await server.newSchool()
    await schoolAt(server, school.host)
    await server.owner.query(`update "user".tenant set name = 'Committed' where id = $1`, [school.id])
    await server.owner.query(`select pg_notify('lyceum_school', $1)`, [school.id])
    await vi.waitFor(async () => expect((await schoolAt(other, school.host)).name).toBe('Committed'), PATIENCE)
  })

  it('spreads revocations, and keeps the revoked out although Redis is frozen, killed or empty', async () => {
    const school = await server.newSchool()
    const { api } = await school.person('administrator')
    for (const wreck of [
      () => undefined,
      () => redis.freeze(),
      async () => {
        redis.thaw()
        await redis.kill()
      },
      () => redis.start()
    ]) {
      await wreck()
      const learner = await school.person('learner')
      expect(await meAt(other, school.host, learner.token)).toBe(200)
      await api.user.deactivatePerson({ userId: learner.id })
      expect(await meAt(server, school.host, learner.token)).toBe(401)
      await vi.waitFor(async () => expect(await meAt(other, school.host, learner.token)).toBe(401), PATIENCE)
      expect((await schoolAt(other, school.host)).id).toBe(school.id)
    }
  })

  it('refuses a flood at one account in whichever process it comes, and guesses as ever without Redis', async () => {
    const school = await server.newSchool()
    const flood = async ({ app }: Pick<TestServer, 'app'>, email: string, times: number) => {
      const answers = []
      for (let time = 0; time < times; time++)
        answers.push(
          await app.inject({
            method: 'POST',
            url: '/api/v1/auth/sign-in',
            headers: { host: school.host },
            payload: { email, password: 'a wrong guess' }
          })
        )
      return answers.map(({ statusCode }) => statusCode)
    }
    const taken = async () =>
      (await server.rateLimits.take(`probe`, 100_000, 900)).remaining +
      (await other.rateLimits.take(`probe`, 100_000, 900)).remaining
    // Both count in the same place again after what the test before did to it.
    await vi.waitFor(async () => expect((await taken()) % 2).toBe(1), PATIENCE)
    expect(await flood(server, 'ana@example.test', 6)).toEqual([401, 401, 401, 401, 401, 429])
    redis.freeze()
    try {
      expect(await flood(other, 'ana@example.test', 1)).toEqual([429])
      expect(await flood(other, 'ben@example.test', 6)).toEqual([401, 401, 401, 401, 401, 429])
    } finally {
      redis.thaw()
    }
  })
})

describe.skipIf(!hasRedis())('with Redis and sentinels', { timeout: 90_000 }, () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  })
  const start = async (...given: Parameters<typeof startRedis>) => {
    const started = await startRedis(...given)
    opened.push(started)
    return started
  }

  it.each(['kill', 'freeze'] as const)('follows them to a new master when the old one stops (%s)', async (how) => {
    const master = await start()
    await start([`replicaof 127.0.0.1 ${master.port}`])
    const sentinel = await start(
      [
        `sentinel monitor school 127.0.0.1 ${master.port} 1`,
        'sentinel down-after-milliseconds school 1000',
        'sentinel failover-timeout school 5000'
      ],
      'redis-sentinel'
    )
    const place = {
      url: null,
      sentinels: [`127.0.0.1:${sentinel.port}`],
      sentinelName: 'school',
      sentinelPassword: null
    }
    const memory = openRedis(place, pino({ level: 'silent' }))
    opened.push(memory)
    const back = vi.fn()
    memory.back(back)
    const write = (value: string) => memory.ask((redis) => redis.set('probe', value))
    await vi.waitFor(async () => expect(await write('one')).toBe('OK'), PATIENCE)
    // Sentinels learn of the replica from the master, every ten seconds.
    const watching = openRedis(
      { ...place, sentinels: [], url: `redis://127.0.0.1:${sentinel.port}` },
      pino({ level: 'silent' })
    )
    opened.push(watching)
    await vi.waitFor(
      async () => {
        const replicas = await watching.ask((redis) => redis.call('sentinel', 'replicas', 'school'))
        expect(replicas).toHaveLength(1)
      },
      { timeout: 30_000, interval: 200 }
    )
    back.mockClear()
    await master[how]()
    await vi.waitFor(async () => expect(await write('two')).toBe('OK'), { timeout: 60_000, interval: 200 })
    expect(await memory.ask((redis) => redis.get('probe'))).toBe('two')
    await vi.waitFor(() => expect(back).toHaveBeenCalled(), PATIENCE)
  })
})
