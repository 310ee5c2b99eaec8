import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { recreateTemplate } from '@lyceum/server/testing/global-setup'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  hasPostgres,
  type PostgresServer,
  type Standby,
  startPostgres,
  startStandby
} from '../platform/src/db/testing/postgres-server.ts'

describe.skipIf(!hasPostgres())('reads at a replica', { timeout: 60_000 }, () => {
  let primary: PostgresServer
  let replica: Standby
  let server: TestServer
  let school: TestSchool
  let teacher: TestPerson
  let other: TestPerson

  beforeAll(async () => {
    primary = await startPostgres()
    await recreateTemplate(primary.url)
    replica = await startStandby(primary, 'reader')
    server = await startTestServer({
      inline: false,
      databaseServer: primary.url,
      replicaPorts: [replica.port],
      env: { DATABASE_REPLICA_LAG_SECONDS: '60' }
    })
    school = await server.newSchool()
    teacher = await school.person('administrator', 'tomas')
    other = await school.person('administrator', 'olga')
    await usable()
  }, 120_000)
  afterAll(async () => {
    await server?.close()
    await replica?.close()
    await primary?.close()
  })
  afterEach(async () => {
    replica.thaw()
    await replica.start()
    await replica.query('select pg_wal_replay_resume()').catch(() => undefined)
    await usable()
  })

  const state = () => server.service('course').runtime.database.replicas?.states()[0]
  const usable = () => vi.waitUntil(() => state()?.usable && state()?.lagBytes === 0, { timeout: 20_000, interval: 50 })

  /** A browser: it keeps its cookies and shows no token. */
  const browse = (person: TestPerson) => {
    let seen: string | undefined
    return async (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object, version?: string) => {
      const answer = await server.app.inject({
        method,
        url: `/api/v1${url}`,
        headers: {
          host: school.host,
          'x-lyceum-csrf': '1',
          ...(version ? { 'if-match': version } : {}),
          cookie: [`lyceum_access=${person.token}`, ...(seen ? [`lyceum_seen=${seen}`] : [])].join('; ')
        },
        ...(payload ? { payload } : {})
      })
      const cookie = answer.cookies.find(({ name }) => name === 'lyceum_seen')
      if (cookie) seen = cookie.value
      return answer
    }
  }
  const titles = async (send: ReturnType<typeof browse>): Promise<string[]> => {
    const answer = await send('GET', '/courses?limit=100')
    expect(answer.statusCode).toBe(200)
    return answer.json<{ entries: { title: string }[] }>().entries.map(({ title }) => title)
  }

  it('shows everybody what they have written themselves, however far the replica is behind', async () => {
    const [mine, theirs] = [browse(teacher), browse(other)]
    await replica.query('select pg_wal_replay_pause()')
    const made = await mine('POST', '/courses', { title: 'Written a moment ago' })
    expect(made.statusCode).toBe(201)
    expect(made.headers['x-lyceum-seen']).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/)
    expect(await titles(mine)).toContain('Written a moment ago')
    // Somebody else is answered by the replica, which does not know it yet.
    const before = state()?.answered ?? 0
    expect(await titles(theirs)).not.toContain('Written a moment ago')
    expect(state()?.answered).toBeGreaterThan(before)
    // The same person with another browser, at this process.
    expect(await titles(browse(teacher))).toContain('Written a moment ago')
    await replica.query('select pg_wal_replay_resume()')
    await usable()
    const caughtUp = state()?.answered ?? 0
    expect(await titles(mine)).toContain('Written a moment ago')
    expect(state()?.answered).toBeGreaterThan(caughtUp)
  })

  it('goes by what the browser brings along when another process was written to', async () => {
    const beside = await server.beside()
    await expect
      .poll(() => beside.service('course').runtime.database.replicas?.states()[0]?.usable, { timeout: 20_000 })
      .toBe(true)
    await replica.query('select pg_wal_replay_pause()')
    const made = await browse(teacher)('POST', '/courses', { title: 'Elsewhere' })
    const ask = async (headers: Record<string, string>) => {
      const answer = await beside.app.inject({
        url: '/api/v1/courses?limit=100',
        headers: { host: school.host, ...headers }
      })
      expect(answer.statusCode).toBe(200)
      return answer.body.includes('Elsewhere')
    }
    const cookie = made.cookies.find(({ name }) => name === 'lyceum_seen')
    expect(cookie).toMatchObject({ path: '/', httpOnly: true, maxAge: 120 })
    const access = `lyceum_access=${teacher.token}`
    expect(await ask({ cookie: `${access}; lyceum_seen=${cookie?.value}` })).toBe(true)
    expect(await ask({ cookie: access })).toBe(false)
    // What nobody can read is taken for the latest.
    expect(await ask({ cookie: `${access}; lyceum_seen=zz%0d` })).toBe(true)
    const authorization = `Bearer ${teacher.token}`
    // A program that keeps no record is answered by the primary, one that does by whoever knows enough.
    expect(await ask({ authorization })).toBe(true)
    expect(await ask({ authorization, 'x-lyceum-seen': String(made.headers['x-lyceum-seen']) })).toBe(true)
    expect(await ask({ authorization, 'x-lyceum-seen': '0/0' })).toBe(false)
  })

  it('shows a conflict to whoever was told of it', async () => {
    const [mine, theirs] = [browse(teacher), browse(other)]
    const { id } = (await mine('POST', '/courses', { title: 'Contested' })).json<{ id: string }>()
    await usable()
    await replica.query('select pg_wal_replay_pause()')
    expect((await mine('PATCH', `/courses/${id}`, { title: 'Taken' }, '"1"')).statusCode).toBe(200)
    expect((await theirs('GET', `/courses/${id}/home`)).json()).toMatchObject({ course: { title: 'Contested' } })
    const refused = await theirs('PATCH', `/courses/${id}`, { title: 'Mine' }, '"1"')
    expect(refused.statusCode).toBe(412)
    expect((await theirs('GET', `/courses/${id}/home`)).json()).toMatchObject({ course: { title: 'Taken' } })
  })

  it('keeps schools apart as the primary does', async () => {
    const elsewhere = await server.newSchool()
    const stranger = await elsewhere.person('administrator', 'stranger')
    await browse(teacher)('POST', '/courses', { title: 'Of this school' })
    await usable()
    const before = state()?.answered ?? 0
    const answer = await server.app.inject({
      url: '/api/v1/courses',
      headers: { host: elsewhere.host, cookie: `lyceum_access=${stranger.token}` }
    })
    expect(answer.json()).toMatchObject({ entries: [] })
    expect(state()?.answered).toBeGreaterThan(before)
  })

  it('is done without when the replica is killed, hangs, or is too far behind', async () => {
    const mine = browse(other)
    await titles(mine)
    await replica.kill()
    for (let count = 0; count < 20; count++) await titles(mine)
    await replica.start()
    await usable()
    replica.freeze()
    const answers = await Promise.all(Array.from({ length: 20 }, () => titles(mine)))
    expect(answers).toHaveLength(20)
    expect(state()).toMatchObject({ usable: false })
    const failed = state()?.failed
    for (let count = 0; count < 20; count++) await titles(mine)
    // Nobody waits for it any more.
    expect(state()?.failed).toBe(failed)
    replica.thaw()
    await usable()
  })

  it('leaves a replica alone that is further behind than is allowed', async () => {
    const strict = await server.beside({ DATABASE_REPLICA_LAG_SECONDS: '1' })
    const follower = () => strict.service('course').runtime.database.replicas?.states()[0]
    await expect.poll(() => follower()?.usable, { timeout: 20_000 }).toBe(true)
    await replica.query('select pg_wal_replay_pause()')
    await browse(teacher)('POST', '/courses', { title: 'Late' })
    await expect.poll(() => follower()?.usable, { timeout: 20_000 }).toBe(false)
    expect(follower()?.lagBytes).toBeGreaterThan(0)
    const ask = () =>
      strict.app.inject({
        url: '/api/v1/courses?limit=100',
        headers: { host: school.host, cookie: `lyceum_access=${other.token}` }
      })
    expect((await ask()).body).toContain('Late')
    const metrics = (await strict.service('course').app.inject({ url: '/metrics' })).body
    expect(metrics).toMatch(/lyceum_replica_lag_seconds\{replica="127\.0\.0\.1:\d+",release="test"\} [1-9]/)
    await replica.query('select pg_wal_replay_resume()')
    await expect.poll(() => follower()?.usable, { timeout: 20_000 }).toBe(true)
  })
})
