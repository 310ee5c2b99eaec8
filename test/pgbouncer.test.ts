import { startTestServer, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { PASSWORDS } from '@lyceum/server/testing/global-setup'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { defaultDeployment } from '../apps/cli/src/render/deployment.ts'
import { readModuleGraph } from '../apps/cli/src/render/module-graph.ts'
import { render } from '../apps/cli/src/render/render.ts'
import { hasPooler, type Pooler, startPooler } from '../platform/src/db/testing/pgbouncer.ts'

/** What is rendered for Compose: it must be right in every line but for where things are. */
const rendered =
  render('compose', defaultDeployment, readModuleGraph()).find(({ path }) => path.endsWith('/pgbouncer.ini'))?.text ??
  ''

describe.skipIf(!hasPooler())('behind PgBouncer in transaction mode', { timeout: 60_000 }, () => {
  let pooler: Pooler
  let server: TestServer
  let school: TestSchool

  beforeAll(async () => {
    const { hostname, port } = new URL(inject('ownerUrl'))
    pooler = await startPooler({
      host: hostname,
      port: Number(port || 5432),
      users: { lyceum_app: PASSWORDS.app },
      poolSize: 3,
      settings: rendered
    })
    // Debian 12 has 1.18, which cannot follow named statements.
    server = await startTestServer({ poolerPort: pooler.port, env: { DATABASE_PREPARE: 'false', DATABASE_POOL: '20' } })
    school = await server.newSchool()
  })
  afterAll(async () => {
    await server?.close()
    await pooler.close()
  })

  it('many schools share three connections and see nothing of each other', async () => {
    const schools = await Promise.all(Array.from({ length: 8 }, () => server.newSchool()))
    const teachers = await Promise.all(schools.map((each) => each.person('teacher')))
    await Promise.all(
      Array.from({ length: 10 }, (_, number) =>
        teachers.map((teacher, at) => teacher.api.course.createCourse({ title: `Course ${number} of school ${at}` }))
      ).flat()
    )
    const lists = await Promise.all(teachers.map((teacher) => teacher.api.course.listCourses({ limit: 50 })))
    for (const [at, { entries }] of lists.entries())
      expect(entries.map(({ title }) => title).sort()).toEqual(
        Array.from({ length: 10 }, (_, number) => `Course ${number} of school ${at}`)
      )
    const { rows } = await server.owner.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and usename = 'lyceum_app' and application_name not like '%listener'`
    )
    expect(rows[0]?.count).toBeLessThanOrEqual(3)
  })

  it('instants are UTC and a statement has its time, though the pooler passes on no such wish', async () => {
    const { rows } = await server.runtime.database.pool.query<{ zone: string; timeout: string }>(
      `select current_setting('TimeZone') as zone, current_setting('statement_timeout') as timeout`
    )
    expect(rows).toEqual([{ zone: 'UTC', timeout: '30s' }])
  })

  it('what another process changes is heard at once', async () => {
    const ask = async () =>
      (await server.app.inject({ url: '/api/v1/school', headers: { host: 'second.pooled.test' } })).statusCode
    expect(await ask()).toBe(404)
    await server.owner.query(`insert into "user".tenant_host (host, tenant_id) values ('second.pooled.test', $1)`, [
      school.id
    ])
    await server.owner.query(`select pg_notify('lyceum_tenant', '')`)
    await expect.poll(ask, { timeout: 5_000 }).toBe(200)
  })

  it('is told to wait while the pooler is away, and goes on when it is back', async () => {
    const teacher = await school.person('teacher', 'late')
    await pooler.kill()
    const away = await teacher.api.course.createCourse({ title: 'Lost' }).catch((error: { code?: string }) => error)
    expect(away).toMatchObject({ code: 'database.unavailable' })
    await pooler.start()
    const made = () =>
      teacher.api.course.createCourse({ title: 'Kept' }).then(
        ({ title }) => title,
        () => undefined
      )
    await expect.poll(made, { timeout: 10_000 }).toBe('Kept')
  })
})
