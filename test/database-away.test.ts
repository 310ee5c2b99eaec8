import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@lyceum/platform/clock'
import { openDatabase } from '@lyceum/platform/database'
import { inTenant } from '@lyceum/platform/db'
import { inInstallation } from '@lyceum/platform/installation-db'
import { openListener } from '@lyceum/platform/listener'
import { createLog } from '@lyceum/platform/log'
import { defineJob, defineModule, onJob } from '@lyceum/platform/module'
import { createRuntime } from '@lyceum/platform/runtime'
import { readInTenant } from '@lyceum/platform/tenant-read'
import { createWorker } from '@lyceum/platform/worker'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { type DatabaseProxy, openDatabaseProxy } from '@lyceum/server/testing/database-proxy'
import { sql } from 'kysely'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { PASSWORDS } from '../apps/server/src/testing/global-setup.ts'

let road: DatabaseProxy
let server: TestServer
let school: TestSchool
let teacher: TestPerson
let learner: TestPerson

beforeAll(async () => {
  road = await openDatabaseProxy(inject('ownerUrl'))
  server = await startTestServer({ inline: false, databasePort: road.port })
  school = await server.newSchool()
  teacher = await school.person('teacher', 'tomas')
  learner = await school.person('learner', 'lena')
  await server.worker.start()
})
afterAll(async () => {
  await road.mend()
  await server.close()
  await road.close()
})

const get = (url: string, headers: Record<string, string> = {}) =>
  server.app.inject({ url, headers: { host: school.host, ...headers } })

const ready = async () => (await get('/api/v1/ready')).statusCode

describe('a database that goes away', () => {
  it('is told as such, at once and everywhere, and everything goes on by itself when it is back', {
    timeout: 120_000
  }, async () => {
    const { course } = teacher.api
    const title = `Before ${randomUUID()}`
    const { id: courseId } = await course.createCourse({ title })
    const told = async () => (await learner.api.notification.listNotifications({})).entries.length
    const toldBefore = await told()
    expect(await ready()).toBe(200)

    await road.cut()
    const bearer = { authorization: `Bearer ${teacher.token}` }
    for (const [method, url, payload] of [
      ['GET', '/api/v1/me', undefined],
      ['GET', '/api/v1/dashboard', undefined],
      ['GET', '/api/v1/school', undefined],
      ['POST', '/api/v1/courses', { title: 'Meanwhile' }],
      ['POST', '/api/v1/auth/sign-in', { email: 'a@example.test', password: 'a good long password' }],
      ['POST', '/api/v1/uploads', undefined]
    ] as const) {
      const answer = await server.app.inject({
        method,
        url,
        headers: { host: school.host, ...bearer, 'tus-resumable': '1.0.0', 'upload-length': '1' },
        ...(payload ? { payload } : {})
      })
      expect(answer.statusCode, `${method} ${url} ${answer.body}`).toBe(503)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(answer.headers['retry-after']).toBe('5')
      expect(answer.json()).toMatchObject({ code: 'database.unavailable', status: 503 })
    }
    expect((await get('/health')).statusCode).toBe(200)
    expect(await ready()).toBe(503)
    expect((await get('/health/database')).statusCode).toBe(503)
    expect((await get('/api/v1/health')).json()).toMatchObject({
      status: 'degraded',
      checks: { database: { ok: false }, storage: { ok: true } }
    })
    // A school that this process does not know by heart cannot be told from one that is not there.
    server.users.tenants.forget()
    expect((await get('/api/v1/school')).json()).toMatchObject({ code: 'database.unavailable' })
    // Another process goes on and writes what this one has to hand on later.
    const { enrolled } = await enrolFromElsewhere(courseId)

    await road.mend()
    await expect.poll(ready, { timeout: 10_000 }).toBe(200)
    const { entries } = await course.listCourses({})
    expect(entries.map((entry) => entry.title)).toContain(title)
    await course.createCourse({ title: 'After' })
    // A job that was under way waits until its worker is known to have lost it.
    await expect.poll(told, { timeout: 60_000 }).toBe(toldBefore + enrolled)
  })

  it('is heard again: what another process changes is known at once', { timeout: 30_000 }, async () => {
    const listening = async () => {
      const { rowCount } = await server.owner.query(
        `select from pg_stat_activity where application_name = 'lyceum listener' and state = 'idle'
           and datname = current_database() and query like 'listen %'`
      )
      return rowCount
    }
    await expect.poll(listening, { timeout: 10_000 }).toBeGreaterThan(0)
    const before = await listening()
    await road.cut()
    expect(await ready()).toBe(503)
    await road.mend()
    await expect.poll(ready, { timeout: 10_000 }).toBe(200)
    await expect.poll(listening, { timeout: 10_000 }).toBe(before)
    // Asked now, the directory of schools believes itself for longer than this test waits.
    await sleep(100)
    const visit = async () => (await get('/api/v1/school')).statusCode
    expect(await visit()).toBe(200)
    const suspend = (at: string | null) =>
      server.owner.query('update "user".tenant set suspended_at = $2 where id = $1', [school.id, at])
    try {
      await suspend(server.clock.now().toISOString())
      expect(await visit()).toBe(200)
      await server.owner.query(`select pg_notify('lyceum_tenant', '')`)
      await expect.poll(visit, { timeout: 5_000 }).toBe(403)
    } finally {
      await suspend(null)
      await server.owner.query(`select pg_notify('lyceum_tenant', '')`)
    }
    await expect.poll(visit, { timeout: 5_000 }).toBe(200)
  })

  it('loses nothing that was acknowledged, and says when it cannot know', { timeout: 60_000 }, async () => {
    const acknowledged: string[] = []
    const refused: unknown[] = []
    let over = false
    const writer = async (name: string): Promise<void> => {
      for (let count = 0; !over; count++) {
        const title = `${name} ${count}`
        await teacher.api.course.createCourse({ title }).then(
          () => acknowledged.push(title),
          (error: unknown) => refused.push(error)
        )
        if (acknowledged.at(-1) !== title) await sleep(20)
      }
    }
    const writers = ['a', 'b', 'c'].map(writer)
    for (let round = 0; round < 3; round++) {
      const [before, refusedBefore] = [acknowledged.length, refused.length]
      await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(before + 5)
      await road.cut()
      await expect.poll(() => refused.length, { timeout: 10_000 }).toBeGreaterThan(refusedBefore)
      await road.mend()
    }
    over = true
    await Promise.all(writers)
    for (const fault of refused)
      expect(['database.unavailable', 'database.outcome-unknown']).toContain(
        typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : fault
      )
    const { rows } = await server.owner.query<{ title: string }>(
      'select title from course.course where tenant_id = $1',
      [school.id]
    )
    const kept = new Set(rows.map(({ title }) => title))
    expect(acknowledged.filter((title) => !kept.has(title))).toEqual([])
  })
})

/** As another process of the product would: an event beside the row it tells of. */
async function enrolFromElsewhere(courseId: string): Promise<{ enrolled: number }> {
  await server.owner.query(
    `insert into platform.outbox (tenant_id, id, name, payload, occurred_at)
     values ($1, gen_random_uuid(), 'course.learner-enrolled', $2, now())`,
    [school.id, { courseId, courseTitle: 'Before', userId: learner.id, enrolmentId: courseId, role: 'learner' }]
  )
  return { enrolled: 1 }
}

const throughRoad = (user: string, password: string): string => {
  const { pathname } = new URL(String(server.owner.options.connectionString))
  return `postgres://${user}:${password}@127.0.0.1:${road.port}${pathname}`
}

describe('a network that swallows everything', () => {
  it('is not waited for until TCP gives up, and a lost answer to COMMIT is called that', async () => {
    const database = openDatabase({
      url: throughRoad('lyceum_app', PASSWORDS.app),
      max: 3,
      applicationName: 'patient',
      prepare: true,
      patienceMs: 400
    })
    const fences = { tenantId: school.id, role: 'lyceum_course' }
    const count = sql<{ count: number }>`select count(*)::int as count from course.course`
    const read = () => readInTenant(database, fences, async (tx) => (await count.execute(tx)).rows[0]?.count)
    const write = (work: () => void) =>
      inTenant(database, fences, async (tx) => {
        await sql`update course.course set title = title`.execute(tx)
        work()
      })
    try {
      const courses = await read()
      // As many connections as the three questions below take, open before the road is blocked.
      await Promise.all([read(), read(), write(() => undefined)])
      await expect(write(() => road.swallow())).rejects.toMatchObject({ code: 'database.outcome-unknown' })
      await expect(write(() => undefined)).rejects.toMatchObject({ code: 'database.unavailable' })
      await expect(read()).rejects.toMatchObject({ code: 'database.unavailable' })
      await road.mend()
      await expect.poll(() => read().catch(() => undefined), { timeout: 10_000 }).toBe(courses)
      // Whoever is answered in time is not cut off later.
      await sleep(600)
      expect(await read()).toBe(courses)
    } finally {
      await road.mend()
      await database.close()
    }
  })
})

describe('a job that runs when the database goes away', () => {
  it('is done again, and so is every job after it', { timeout: 90_000 }, async () => {
    const Nap = defineJob('system.nap', Type.Object({ name: Type.String() }))
    const begun: string[] = []
    const waking = Promise.withResolvers<void>()
    const napper = defineModule({
      contract: { module: 'system', operations: {} },
      operations: {},
      jobs: [
        onJob(Nap, async (_, { name }) => {
          begun.push(name)
          if (name === 'long' && begun.length === 1) await waking.promise
        })
      ]
    })
    const database = openDatabase({
      url: throughRoad('lyceum_app', PASSWORDS.app),
      max: 4,
      applicationName: 'napper',
      prepare: true
    })
    const listener = openListener(throughRoad('lyceum_app', PASSWORDS.app), 'napper')
    const worker = createWorker({
      runtime: createRuntime({ release: 'test', modules: [napper], database, clock: systemClock }),
      jobsUrl: throughRoad('lyceum_jobs', PASSWORDS.jobs),
      listener,
      log: createLog({ level: 'silent', release: 'test', secrets: () => [] }),
      concurrency: 2,
      schedules: [],
      tenants: async () => [school.id]
    })
    const nap = (name: string) =>
      server.owner.query(
        `select graphile_worker.add_job('system.nap', json_build_object('tenantId', $1::text, 'payload', json_build_object('name', $2::text)), max_attempts => 5)`,
        [school.id, name]
      )
    try {
      await worker.start()
      await nap('long')
      await expect.poll(() => begun, { timeout: 15_000 }).toEqual(['long'])
      await road.cut()
      waking.resolve()
      await expect(inInstallation(database, (tx) => sql`select 1`.execute(tx))).rejects.toMatchObject({
        code: 'database.unavailable'
      })
      await nap('next')
      await road.mend()
      await expect.poll(() => [...new Set(begun)], { timeout: 40_000 }).toEqual(['long', 'next'])
      const left = async () =>
        (await server.owner.query(`select from graphile_worker.jobs where task_identifier = 'system.nap'`)).rowCount
      await expect.poll(left, { timeout: 40_000 }).toBe(0)
    } finally {
      await worker.stop()
      await listener.close()
      await database.close()
    }
  })
})
