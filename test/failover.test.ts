import { setTimeout as sleep } from 'node:timers/promises'
import { findPrimary } from '@lyceum/platform/primary'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { recreateTemplate } from '@lyceum/server/testing/global-setup'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  hasPostgres,
  type PostgresServer,
  type Standby,
  startPostgres,
  startStandby
} from '../platform/src/db/testing/postgres-server.ts'

describe.skipIf(!hasPostgres())('a primary that dies', { timeout: 120_000 }, () => {
  let primary: PostgresServer
  let standby: Standby
  let server: TestServer
  let school: TestSchool
  let teacher: TestPerson
  let learner: TestPerson

  beforeAll(async () => {
    primary = await startPostgres()
    await recreateTemplate(primary.url)
    standby = await startStandby(primary, 'second')
    await primary.query(`alter system set synchronous_standby_names = 'second'`)
    await primary.query('select pg_reload_conf()')
    server = await startTestServer({
      inline: false,
      databaseServer: primary.url,
      // The one that follows stands first: which host takes writes is found out, not assumed.
      databaseHosts: `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`,
      replicaPorts: [standby.port, primary.port]
    })
    school = await server.newSchool()
    teacher = await school.person('teacher', 'tomas')
    learner = await school.person('learner', 'lena')
    await server.worker.start()
  }, 120_000)
  afterAll(async () => {
    await standby?.close()
    await primary?.close()
    await server?.close().catch(() => undefined)
  })

  it('is left for the one that was promoted, without a restart and without losing what was acknowledged', async () => {
    const { course } = teacher.api
    const { id: courseId } = await course.createCourse({ title: 'Before' })
    await course.publishCourse({ courseId })
    const acknowledged: string[] = []
    const refused: unknown[] = []
    let over = false
    const writer = async (name: string): Promise<void> => {
      for (let count = 0; !over; count++) {
        const title = `${name} ${count}`
        await course.createCourse({ title }).then(
          () => acknowledged.push(title),
          (error: unknown) => refused.push(error)
        )
        if (acknowledged.at(-1) !== title) await sleep(20)
      }
    }
    const writers = ['a', 'b', 'c'].map(writer)
    await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(20)
    await primary.kill()
    await expect.poll(() => refused.length, { timeout: 20_000 }).toBeGreaterThan(0)
    await standby.promote()
    const before = acknowledged.length
    await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 20)
    over = true
    await Promise.all(writers)
    for (const fault of refused)
      expect(['database.unavailable', 'database.outcome-unknown']).toContain(
        typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : fault
      )

    const owner = new pg.Client({ connectionString: standby.url.replace(/postgres$/, databaseName(server)) })
    await owner.connect()
    try {
      const { rows } = await owner.query<{ title: string }>('select title from course.course where tenant_id = $1', [
        school.id
      ])
      const kept = new Set(rows.map(({ title }) => title))
      expect(acknowledged.filter((title) => !kept.has(title))).toEqual([])
      // Events, jobs and notices go on too.
      await course.enrolPeople({ courseId, role: 'learner', people: [{ email: learner.email }] })
      await expect
        .poll(async () => (await learner.api.notification.listNotifications({})).entries.length, { timeout: 30_000 })
        .toBeGreaterThan(0)
      const ask = async () =>
        (await server.app.inject({ url: '/api/v1/school', headers: { host: 'second.failover.test' } })).statusCode
      expect(await ask()).toBe(404)
      await owner.query(`insert into "user".tenant_host (host, tenant_id) values ('second.failover.test', $1)`, [
        school.id
      ])
      await owner.query(`select pg_notify('lyceum_tenant', '')`)
      await expect.poll(ask, { timeout: 10_000 }).toBe(200)
    } finally {
      await owner.end()
    }
  })

  it('is not written to when it comes back as if nothing had happened', async () => {
    await primary.start()
    await primary.query(`alter system set synchronous_standby_names = ''`)
    await primary.query('select pg_reload_conf()')
    for (let count = 0; count < 30; count++) await teacher.api.course.createCourse({ title: `After ${count}` })
    const stale = new pg.Client({ connectionString: primary.url.replace(/postgres$/, databaseName(server)) })
    await stale.connect()
    const { rows } = await stale.query(`select from course.course where title like 'After %'`)
    await stale.end()
    expect(rows).toHaveLength(0)
    // Nor by a process that starts now and is told of the old one first.
    const found = await findPrimary(`postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/postgres`)
    expect(new URL(found.url).port).toBe(String(standby.port))
    found.close()
  })
})

const databaseName = (server: TestServer): string =>
  new URL(String(server.owner.options.connectionString)).pathname.slice(1)
