import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startTestServer, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { PASSWORDS } from '@lyceum/server/testing/global-setup'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../bench/free-port.ts'

const isHere = spawnSync('pgbouncer', ['--version']).status === 0
/** It refuses to run as root. */
const NOBODY = 65534

describe.skipIf(!isHere)('behind PgBouncer in transaction mode', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-pgbouncer-'))
  let port = 0
  let pooler: ChildProcess
  let server: TestServer
  let school: TestSchool

  const startPooler = async () => {
    pooler = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], {
      stdio: 'ignore',
      ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {})
    })
    while (!(await isListening(port))) await sleep(50)
  }
  const stopPooler = async () => {
    pooler.kill('SIGKILL')
    await once(pooler, 'exit')
  }

  beforeAll(async () => {
    port = await freePort()
    const database = new URL(inject('ownerUrl'))
    writeFileSync(
      join(folder, 'pgbouncer.ini'),
      `[databases]
* = host=${database.hostname} port=${database.port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 3
ignore_startup_parameters = extra_float_digits,options,statement_timeout,idle_in_transaction_session_timeout
`
    )
    writeFileSync(join(folder, 'users.txt'), `"lyceum_app" "${PASSWORDS.app}"\n`)
    if (process.getuid?.() === 0)
      for (const file of ['', 'pgbouncer.ini', 'users.txt']) chownSync(join(folder, file), NOBODY, NOBODY)
    chmodSync(folder, 0o755)
    await startPooler()
    // Debian 12 has 1.18, which cannot follow named statements.
    server = await startTestServer({ poolerPort: port, env: { DATABASE_PREPARE: 'false', DATABASE_POOL: '20' } })
    school = await server.newSchool()
  })
  afterAll(async () => {
    await server?.close()
    await stopPooler()
    rmSync(folder, { recursive: true, force: true })
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
    await stopPooler()
    const away = await teacher.api.course.createCourse({ title: 'Lost' }).catch((error: { code?: string }) => error)
    expect(away).toMatchObject({ code: 'database.unavailable' })
    await startPooler()
    const made = () =>
      teacher.api.course.createCourse({ title: 'Kept' }).then(
        ({ title }) => title,
        () => undefined
      )
    await expect.poll(made, { timeout: 10_000 }).toBe('Kept')
  })
})

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
