import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient, type Transport } from '@lyceum/client'
import type { Clock } from '@lyceum/platform/clock'
import { readConfig } from '@lyceum/platform/config'
import { newId } from '@lyceum/platform/id'
import { oneKey } from '@lyceum/platform/keys'
import { createLog } from '@lyceum/platform/log'
import { answerUnknownRoutes } from '@lyceum/platform/problem'
import type { SchoolRole } from '@lyceum/user/contract'
import pg from 'pg'
import { inject as provided } from 'vitest'
import { type Composition, compose, type Surroundings } from '../compose.ts'
import { fixedKeys } from '../held-secrets.ts'
import { partOf, SERVICES } from '../processes.ts'
import { PASSWORDS, TEMPLATE } from './global-setup.ts'

/** Runs with the real time unless moved: `advance` jumps ahead, `set` stops it. */
export class TestClock implements Clock {
  #offset = 0
  now(): Date {
    return new Date(Date.now() + this.#offset)
  }
  advance(milliseconds: number): void {
    this.#offset += milliseconds
  }
}

export interface TestPerson {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly token: string
  readonly api: Client
}

export interface TestSchool {
  readonly id: string
  readonly slug: string
  readonly host: string
  /** A client of somebody who is not signed in. */
  readonly anyone: Client
  /** A signed-in account without a password; `named` is part of name and address. */
  person(role: SchoolRole, named?: string, options?: { readonly operator?: boolean }): Promise<TestPerson>
}

export interface TestProduct extends Composition {
  /** What answers for a module: this product itself, or the service behind it. */
  service(name: (typeof SERVICES)[number]): Composition
}

export interface TestServer extends TestProduct {
  readonly clock: TestClock
  readonly home: string
  /** What runs jobs and reactions: this product itself, or the process beside it that does nothing else. */
  readonly background: Composition
  /** The owner's connection: sees every tenant, for looking behind the scenes. */
  readonly owner: pg.Pool
  newSchool(): Promise<TestSchool>
  /** A client that sends these headers with every request. */
  client(headers: Readonly<Record<string, string>>): Client
  /** Another process's worth of the product over the same database, with a folder of its own; closed with this one. */
  beside(env?: Readonly<Record<string, string>>): Promise<TestProduct>
}

/**
 * The whole product over a database of its own, asked through `inject`. Every test makes a fresh school: row-level
 * security keeps tests apart. Jobs and reactions run before a request is answered, unless `inline` is false.
 */
export async function startTestServer({
  inline = true,
  env = {},
  databasePort,
  poolerPort,
  databaseHosts,
  replicaPorts = [],
  databaseServer = provided('ownerUrl'),
  home: givenHome
}: {
  readonly inline?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** Where the product finds the database, if a road to it stands in between. */
  readonly databasePort?: number
  /** Where requests find it, if a pooler stands in between for them alone. */
  readonly poolerPort?: number
  /** Where the product finds it: several hosts and ports of which one takes writes. */
  readonly databaseHosts?: string
  /** Ports of servers on this machine that follow the database. */
  readonly replicaPorts?: readonly number[]
  /** Another PostgreSQL than the one of the whole run; with the template in it. */
  readonly databaseServer?: string
  /** A folder of the test's own, which it removes itself. */
  readonly home?: string
} = {}): Promise<TestServer> {
  const ownerUrl = new URL(databaseServer)
  const name = `lyceum_test_${randomUUID().replaceAll('-', '').slice(0, 16)}`
  const serverUrl = ownerUrl.href
  await onServer(serverUrl, (admin) => createFromTemplate(admin, name))
  ownerUrl.pathname = `/${name}`
  const as = (user: string, password: string, port = databasePort) => {
    const url = new URL(ownerUrl)
    url.username = user
    url.password = password
    if (port !== undefined) url.host = `127.0.0.1:${port}`
    return port === undefined && databaseHosts !== undefined ? url.href.replace(url.host, databaseHosts) : url.href
  }
  const home = givenHome ?? mkdtempSync(join(tmpdir(), 'lyceum-home-'))
  const clock = new TestClock()
  const composeIn = async (folder: string, more: Readonly<Record<string, string>>) => {
    const config = readConfig({
      LYCEUM_HOME: folder,
      LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
      TASKS_FORCE_INLINE: String(inline),
      RELEASE: 'test',
      RATE_LIMIT_ANONYMOUS: '0',
      RATE_LIMIT_GUESSES: '0',
      RATE_LIMIT_PERSON: '0',
      ...env,
      ...more
    })
    const surroundings: Surroundings = {
      config,
      poolSize: config.DATABASE_POOL ?? 6,
      home: folder,
      clock,
      log: createLog({ level: config.LOG_LEVEL, release: 'test', secrets: () => [] }),
      appUrl: as('lyceum_app', PASSWORDS.app, poolerPort),
      listenUrl: as('lyceum_app', PASSWORDS.app),
      jobsUrl: as('lyceum_jobs', PASSWORDS.jobs),
      replicaUrls: replicaPorts.map((port) => as('lyceum_app', PASSWORDS.app, port)),
      keys: {
        ...fixedKeys({
          token: 'token secret of the tests, long enough',
          file: 'file secret of the tests, long enough',
          pin: 'pin secret of the tests, long enough'
        }),
        service: oneKey('service secret of the tests, long enough')
      }
    }
    const made =
      process.env.TEST_SHAPE === 'services' ? await composeServices(surroundings) : await composeWhole(surroundings)
    answerUnknownRoutes(made.composed.app)
    await made.composed.app.ready()
    return made
  }
  const { composed, background, service, close } = await composeIn(home, {})
  const others: { readonly product: Composition; readonly close: () => Promise<void>; readonly folder: string }[] = []
  const owner = new pg.Pool({ connectionString: ownerUrl.href, max: 2 })
  // Dropping the database may cut a connection that is still saying goodbye.
  owner.on('error', () => undefined)

  const client = (headers: Readonly<Record<string, string>>): Client => createClient(injectTransport(composed, headers))
  return {
    ...composed,
    worker: background.worker,
    background,
    service,
    clock,
    home,
    owner,
    client,
    beside: async (more = {}) => {
      const folder = mkdtempSync(join(tmpdir(), 'lyceum-home-'))
      const other = await composeIn(folder, more)
      others.push({ product: other.composed, close: other.close, folder })
      return { ...other.composed, service: other.service }
    },
    newSchool: async () => {
      const school = await insertSchool(owner, clock.now())
      for (const { users } of [composed, ...others.map(({ product }) => product)]) users.tenants.forget()
      return {
        ...school,
        anyone: client({ host: school.host }),
        person: (role, named = role, { operator = false } = {}) =>
          insertPerson({ owner, composed, client, school, clock }, role, named, operator)
      }
    },
    close: async () => {
      for (const other of others) {
        await other.close()
        rmSync(other.folder, { recursive: true, force: true })
      }
      await close()
      await owner.end()
      await onServer(serverUrl, (admin) => admin.query(`drop database ${name} with (force)`))
      if (givenHome === undefined) rmSync(home, { recursive: true, force: true })
    }
  }
}

async function composeWhole(surroundings: Surroundings) {
  const composed = await compose(surroundings)
  return { composed, background: composed, service: () => composed, close: composed.close }
}

/**
 * The gateway, with every service behind it on a port of its own and a worker beside it. Where jobs run before a request
 * is answered, the gateway runs them.
 */
async function composeServices(given: Surroundings) {
  const SERVICE_URLS: string[] = []
  const config = { ...given.config, SERVICE_URLS }
  const services = await Promise.all(
    SERVICES.map(async (name) => {
      const service = await compose({
        ...given,
        config: { ...config, TASKS_FORCE_INLINE: false },
        poolSize: 3,
        ...partOf(name)
      })
      answerUnknownRoutes(service.app)
      return { name, service }
    })
  )
  for (const { name, service } of services)
    SERVICE_URLS.push(`${name}=${await service.app.listen({ port: 0, host: '127.0.0.1' })}`)
  const composed = await compose({ ...given, config, ...partOf('gateway') })
  const background = config.TASKS_FORCE_INLINE ? composed : await compose({ ...given, config, ...partOf('worker') })
  return {
    composed,
    background,
    service: (wanted: string) => services.find(({ name }) => name === wanted)?.service ?? composed,
    close: async () => {
      if (background !== composed) await background.close()
      await composed.close()
      await Promise.all(services.map(({ service }) => service.close()))
    }
  }
}

async function onServer(url: string, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await work(admin).finally(() => admin.end())
}

/** Another worker may be copying the template at the same moment; then it is busy for some milliseconds. */
async function createFromTemplate(admin: pg.Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.query(`create database ${name} template ${TEMPLATE}`)
      return
    } catch (error) {
      const busy = error instanceof pg.DatabaseError && error.code === '55006'
      if (!busy || attempt === 50) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

const injectTransport =
  ({ app }: Composition, common: Readonly<Record<string, string>>): Transport =>
  async ({ method, url, headers, body }) => {
    const response = await app.inject({
      method: method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE' ? method : 'GET',
      url,
      headers: { ...headers, ...common },
      ...(body === undefined ? {} : { payload: body })
    })
    return { status: response.statusCode, body: response.body === '' ? undefined : response.json() }
  }

async function insertSchool(owner: pg.Pool, now: Date): Promise<{ id: string; slug: string; host: string }> {
  const id = newId()
  const slug = `s${id.slice(-12)}`
  const host = `${slug}.test`
  await owner.query(`insert into "user".tenant (id, slug, name, created_at) values ($1, $2, $3, $4)`, [
    id,
    slug,
    `School ${slug}`,
    now
  ])
  await owner.query(`insert into "user".tenant_host (host, tenant_id) values ($1, $2)`, [host, id])
  return { id, slug, host }
}

interface Making {
  readonly owner: pg.Pool
  readonly composed: Composition
  readonly client: (headers: Readonly<Record<string, string>>) => Client
  readonly school: { readonly id: string; readonly host: string }
  readonly clock: Clock
}

async function insertPerson(
  { owner, composed, client, school, clock }: Making,
  role: SchoolRole,
  named: string,
  operator: boolean
): Promise<TestPerson> {
  const id = newId()
  const name = named.charAt(0).toUpperCase() + named.slice(1)
  const email = `${named.toLowerCase().replace(/\W+/g, '.')}.${id.slice(-6)}@example.test`
  const now = clock.now()
  await owner.query(
    `insert into "user".person (tenant_id, id, name, email, email_key, role, operator, activated_at, email_verified_at, created_at) values ($1, $2, $3, $4, $4, $5, $6, $7, $7, $7)`,
    [school.id, id, name, email, role, operator, now]
  )
  const token = await composed.users.tokens.issue(
    { tenantId: school.id, userId: id, signInId: newId(), name, role, operator },
    now
  )
  return { id, name, email, token, api: client({ host: school.host, authorization: `Bearer ${token}` }) }
}
