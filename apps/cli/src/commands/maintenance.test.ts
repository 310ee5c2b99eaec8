import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { startTestServer, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { somebodyWorks } from '../release/testing/somebody-works.ts'

const BIN = fileURLToPath(new URL('../../bin/lyceum.mjs', import.meta.url))
const PASSWORDS = { app: 'app-of-the-tests', jobs: 'jobs-of-the-tests' }
const OVERRIDE = ['--override', '--approved-by', 'Ben', '--ticket', 'OPS-9']
const REASON = 'the storage is losing files as we speak'

let server: TestServer
let school: TestSchool
beforeAll(async () => {
  server = await startTestServer()
  school = await server.newSchool()
})
afterAll(() => server.close())

async function lyceum(...args: string[]) {
  const child = spawn(process.execPath, [BIN, 'maintenance', ...args, '-o', 'json'], {
    cwd: server.home,
    env: {
      PATH: process.env.PATH,
      LYCEUM_HOME: server.home,
      DATABASE_URL: server.owner.options.connectionString,
      DATABASE_APP_PASSWORD: PASSWORDS.app,
      DATABASE_JOBS_PASSWORD: PASSWORDS.jobs,
      NO_COLOR: '1'
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { exit, err, said: JSON.parse(out) }
}

const audited = async () =>
  (await server.owner.query<{ action: string; details: object }>('select action, details from platform.audit')).rows

it('closes and opens the installation, and writes down who did it', { timeout: 120_000 }, async () => {
  expect((await lyceum('status')).said).toMatchObject({ state: 'open', maintenance: null })
  const on = await lyceum('on', '--message', 'Back soon.', '--retry-after', '90s', '--by', 'Ada')
  expect(on).toMatchObject({ exit: 0, said: { state: 'closed', maintenance: { retryAfter: 90 } } })
  const refused = await vi.waitFor(async () => {
    const answer = await server.app.inject({ url: '/api/v1/me', headers: { host: school.host } })
    expect(answer.statusCode).toBe(503)
    return answer
  }, 10_000)
  expect(refused.headers['retry-after']).toBe('90')
  expect((await lyceum('off')).said).toMatchObject({ state: 'open', was: { message: 'Back soon.', orderedBy: 'Ada' } })
  await vi.waitFor(async () => {
    const { statusCode } = await server.app.inject({ url: '/api/v1/me', headers: { host: school.host } })
    expect(statusCode).toBe(401)
  }, 10_000)
  expect((await audited()).map(({ action }) => action)).toEqual(['maintenance.on', 'maintenance.off'])
})

it('waits for work that has a deadline, unless two people say otherwise', { timeout: 120_000 }, async () => {
  const dueAt = new Date(Date.now() + 2 * 3_600_000)
  await somebodyWorks(school, dueAt.toISOString())
  const refused = await lyceum('on')
  expect(refused.exit).toBe(3)
  expect(refused.said.error.message).toContain(dueAt.toISOString())
  const late = new Date(dueAt.getTime() + 60_000).toISOString()
  expect(await lyceum('on', '--at', late)).toMatchObject({ exit: 0, said: { state: 'announced', work: null } })
  expect((await lyceum('status')).said).toMatchObject({ state: 'announced' })
  await lyceum('off')

  const alone = await lyceum('on', ...OVERRIDE, '--reason', REASON, '--by', 'ben')
  expect(alone).toMatchObject({ exit: 3, said: { error: { code: 'release.override-refused' } } })
  const before = (await audited()).length
  expect((await lyceum('on', ...OVERRIDE, '--reason', REASON)).exit).toBe(0)
  expect((await audited()).slice(before)).toMatchObject([
    { action: 'release.override', details: { approvedBy: 'Ben', work: expect.stringContaining('deadline') } },
    { action: 'maintenance.on' }
  ])
  await lyceum('off')
})
