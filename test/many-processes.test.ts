import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { newId } from '@lyceum/platform/id'
import { freePort } from '@lyceum/platform/testing/free-port'
import { PORTS, PROCESSES, type ProcessName, SERVICES } from '@lyceum/server/processes'
import { PASSWORDS, TEMPLATE } from '@lyceum/server/testing/global-setup'
import { accessTokens } from '@lyceum/user/access-token'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../apps/cli/src/main.ts', import.meta.url))
const TOKEN_SECRET = 'token secret of many processes, long enough'
const HOST = 'many.test'

const home = mkdtempSync(join(tmpdir(), 'lyceum-many-'))
const database = `lyceum_many_${randomUUID().slice(0, 8)}`
const ports = new Map<ProcessName, number>()
const children = new Map<ProcessName, ChildProcess>()
let owner: pg.Client
let bearer = ''

const urlOf = (name: ProcessName): string => `http://127.0.0.1:${ports.get(name)}`

async function start(name: ProcessName): Promise<void> {
  const url = new URL(inject('ownerUrl'))
  url.pathname = `/${database}`
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'serve', name], {
    env: {
      ...process.env,
      DATABASE_URL: url.href,
      DATABASE_APP_PASSWORD: PASSWORDS.app,
      DATABASE_JOBS_PASSWORD: PASSWORDS.jobs,
      DATABASE_POOL: '3',
      LYCEUM_HOME: home,
      LOG_LEVEL: 'warn',
      TOKEN_SECRET,
      FILE_SECRET: 'file secret of many processes, long enough',
      SERVICE_SECRET_KEY: 'service secret of many processes, long enough',
      SERVICE_URLS: SERVICES.map((service) => `${service}=${urlOf(service)}`).join(','),
      RATE_LIMIT_ANONYMOUS: '40',
      PORT: String(ports.get(name))
    },
    stdio: ['ignore', 'ignore', 'inherit']
  })
  children.set(name, child)
  while (!(await isReady(name))) {
    if (child.exitCode !== null) throw new Error(`${name} did not start`)
    await sleep(100)
  }
}

async function stop(name: ProcessName, signal: NodeJS.Signals): Promise<void> {
  const child = children.get(name)
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

const isReady = (name: ProcessName): Promise<boolean> =>
  fetch(`${urlOf(name)}/api/v1/ready`).then(
    ({ ok }) => ok,
    () => false
  )

interface Asked {
  readonly method?: string
  readonly path: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly at?: ProcessName
}

/** `fetch` may not say which host it means; in development the gateway believes a school's slug instead. */
async function ask({ method = 'GET', path, body, headers = {}, at = 'gateway' }: Asked) {
  const response = await fetch(`${urlOf(at)}${path}`, {
    method,
    headers: {
      'x-lyceum-tenant': 'many',
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers
    },
    ...(body ? { body: JSON.stringify(body) } : {})
  })
  const answer: unknown = await response.json()
  return { status: response.status, retryAfter: response.headers.get('retry-after'), answer }
}
const signedIn = () => ({ authorization: bearer })

beforeAll(async () => {
  const admin = new pg.Client({ connectionString: inject('ownerUrl') })
  await admin.connect()
  await admin.query(`create database ${database} template ${TEMPLATE}`)
  await admin.end()
  const url = new URL(inject('ownerUrl'))
  url.pathname = `/${database}`
  owner = new pg.Client({ connectionString: url.href })
  await owner.connect()
  const [tenantId, userId] = [newId(), newId()]
  await owner.query(`insert into "user".tenant (id, slug, name, created_at) values ($1, 'many', 'Many', now())`, [
    tenantId
  ])
  await owner.query(`insert into "user".tenant_host (host, tenant_id) values ($1, $2)`, [HOST, tenantId])
  await owner.query(
    `insert into "user".person (tenant_id, id, name, email, email_key, role, operator, activated_at, email_verified_at, created_at)
     values ($1, $2, 'Ana', 'ana@many.test', 'ana@many.test', 'administrator', false, now(), now(), now())`,
    [tenantId, userId]
  )
  const person = { tenantId, userId, signInId: newId(), name: 'Ana', role: 'administrator', operator: false } as const
  bearer = `Bearer ${await accessTokens(TOKEN_SECRET).issue(person, new Date())}`
  for (const name of PROCESSES) ports.set(name, await freePort())
  await Promise.all(PROCESSES.map(start))
}, 240_000)

afterAll(async () => {
  await Promise.all(PROCESSES.map((name) => stop(name, 'SIGTERM')))
  await owner.end()
  const admin = new pg.Client({ connectionString: inject('ownerUrl') })
  await admin.connect()
  await admin.query(`drop database ${database} with (force)`)
  await admin.end()
  rmSync(home, { recursive: true, force: true })
}, 60_000)

describe('an installation of many processes', { timeout: 60_000 }, () => {
  it('has a usual port for each, as the operators are told', () => {
    expect(PROCESSES.map((name) => PORTS[name])).toEqual([3000, 3001, 3002, 3006, 3008, 3020, 3021])
  })

  it('answers through the gateway as one process would, jobs and mail included', async () => {
    const made = await ask({ method: 'POST', path: '/api/v1/courses', body: { title: 'Tides' }, headers: signedIn() })
    expect(made).toMatchObject({ status: 201, answer: { title: 'Tides' } })
    const invited = await ask({
      method: 'POST',
      path: '/api/v1/people',
      body: { email: 'bo@many.test', name: 'Bo', role: 'learner' },
      headers: signedIn()
    })
    expect(invited.status).toBe(201)
    const mails = async () => JSON.stringify((await ask({ path: '/api/v1/mails', headers: signedIn() })).answer)
    await expect.poll(mails, { timeout: 20_000 }).toContain('bo@many.test')
  })

  it('shows its screens and the whole API at the gateway', async () => {
    const page = await fetch(`${urlOf('gateway')}/sign-in`)
    expect(page.headers.get('content-type')).toContain('text/html')
    const { answer } = await ask({ path: '/api/v1/openapi.json' })
    expect(answer).toMatchObject({ paths: { '/api/v1/courses': {}, '/api/v1/mails': {}, '/api/v1/me': {} } })
  })

  it('believes nobody who comes to a service past the gateway', async () => {
    const straight = await ask({ path: '/api/v1/courses', at: 'course', headers: signedIn() })
    expect(straight).toMatchObject({ status: 401, answer: { code: 'service.seal-missing' } })
    const question = await ask({ method: 'POST', path: '/internal/course/getCourse', at: 'course', body: {} })
    expect(question).toMatchObject({ status: 401, answer: { code: 'service.seal-missing' } })
    const outside = await ask({ method: 'POST', path: '/internal/course/getCourse', body: {} })
    expect(outside.status).toBe(404)
  })

  it('lets nobody bring a seal along', async () => {
    const raised = Buffer.from(JSON.stringify({ caller: { internal: true } })).toString('base64url')
    const forged = { 'x-lyceum-sealed': raised, 'x-lyceum-seal': 'a.b.c.d' }
    expect((await ask({ path: '/api/v1/courses', headers: forged })).status).toBe(401)
    expect((await ask({ path: '/api/v1/courses', headers: { ...forged, ...signedIn() } })).status).toBe(200)
  })

  it('does without a service that died, says so, and has it back when it is', async () => {
    await stop('course', 'SIGKILL')
    const away = await ask({ path: '/api/v1/courses', headers: signedIn() })
    expect(away).toMatchObject({ status: 503, retryAfter: '3', answer: { code: 'service.unavailable' } })
    expect((await ask({ path: '/api/v1/me', headers: signedIn() })).status).toBe(200)
    const health = await ask({ path: '/api/v1/health' })
    expect(health).toMatchObject({ status: 503, answer: { checks: { 'service course': { ok: false } } } })
    // Asked often enough, it is not even tried: nobody waits for what is not there.
    for (let time = 0; time < 8; time++) await ask({ path: '/api/v1/courses', headers: signedIn() })
    await start('course')
    const back = async () => (await ask({ path: '/api/v1/courses', headers: signedIn() })).status
    await expect.poll(back, { timeout: 20_000, interval: 500 }).toBe(200)
  })

  it('stops asking an address that asks too much, and nobody else', async () => {
    const statuses = []
    for (let time = 0; time < 80; time++) statuses.push((await ask({ path: '/api/v1/school' })).status)
    expect(statuses.at(-1)).toBe(429)
    expect(await ask({ path: '/api/v1/school' })).toMatchObject({ answer: { code: 'request.too-many' } })
    expect((await ask({ path: '/api/v1/me', headers: signedIn() })).status).toBe(200)
  })
})
