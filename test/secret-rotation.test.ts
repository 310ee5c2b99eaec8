import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { verifyChain } from '@lyceum/platform/audit-chain'
import { readAudit } from '@lyceum/platform/audit-log'
import { systemClock } from '@lyceum/platform/clock'
import { type EmbeddedPostgres, findRunningPostgres, startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { newId } from '@lyceum/platform/id'
import { oneKey } from '@lyceum/platform/keys'
import { openSources } from '@lyceum/platform/load-secrets'
import { ROTATABLE } from '@lyceum/platform/secret-names'
import type { SecretSource } from '@lyceum/platform/secret-source'
import { freePort } from '@lyceum/platform/testing/free-port'
import { type ProcessName, SERVICES } from '@lyceum/server/processes'
import { drawSecret } from '@lyceum/server/secrets'
import { accessTokens } from '@lyceum/user/access-token'
import { generateIdentity } from 'age-encryption'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealPlace } from '../modules/user/src/identity-provider/identity-provider.ts'
import { createSeal } from '../modules/user/src/identity-provider/seal.ts'
import { hashPassword } from '../modules/user/src/person/password.ts'

const MAIN = fileURLToPath(new URL('../apps/cli/src/main.ts', import.meta.url))
const PASSWORD = 'correct horse battery staple'
/** Processes look every two seconds; a busy machine gets a few more. */
const WAIT = '9s'

interface Installation {
  readonly name: string
  readonly url: () => string
  readonly ownerUrl: () => Promise<string>
  /** What is kept of a secret now. */
  readonly kept: (name: string) => Promise<string>
  readonly env: () => Readonly<Record<string, string>>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

const folder = mkdtempSync(join(tmpdir(), 'lyceum-rotation-'))
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const children: ChildProcess[] = []
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function launch(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
}

async function serve(args: readonly string[], port: number, env: Readonly<Record<string, string>>): Promise<void> {
  const child = launch(args, {
    ...env,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    RATE_LIMIT_GUESSES: '0',
    RATE_LIMIT_ANONYMOUS: '0',
    RATE_LIMIT_PERSON: '0'
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  children.push(child)
  const ready = () =>
    fetch(`http://127.0.0.1:${port}/api/v1/ready`).then(
      ({ ok }) => ok,
      () => false
    )
  while (!(await ready())) {
    if (child.exitCode !== null) throw new Error(said)
    await sleep(100)
  }
}

async function stopChildren(): Promise<void> {
  await Promise.all(
    children.splice(0).map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    })
  )
}

async function lyceum(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const child = launch(args, env)
  if (!child.stdout || !child.stderr) throw new Error('no pipes')
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  if (exit !== 0) throw new Error(`lyceum ${args.join(' ')}: ${exit} ${err}`)
  return out
}

function sourceOf(env: Readonly<Record<string, string>>): SecretSource {
  const [source] = openSources(env)
  if (!source) throw new Error('no source')
  return source
}

/** The default: everything in one process, the embedded database, secrets in the home. */
function oneProcess(): Installation {
  const home = join(folder, 'one')
  let port = 0
  const env = () => ({ LYCEUM_HOME: home, DATABASE_POOL: '6' })
  return {
    name: 'one process, secrets in the home',
    url: () => `http://127.0.0.1:${port}`,
    ownerUrl: async () => {
      const url = new URL((await findRunningPostgres(home))?.url ?? '')
      url.pathname = '/lyceum'
      return url.href
    },
    kept: async (name) => readFileSync(join(home, 'secrets', name.toLowerCase().replaceAll('_', '-')), 'utf8').trim(),
    env,
    start: async () => {
      port = await freePort()
      await serve(['serve', '--target', 'user,course,file,notification,system,worker'], port, env())
    },
    stop: stopChildren
  }
}

/** A gateway with its services and a worker, an outside database, secrets in a bundle. */
function manyProcesses(): Installation {
  const home = join(folder, 'many')
  const bundle = join(folder, 'secrets.age')
  const identity = join(folder, 'identity.txt')
  const ports = new Map<ProcessName, number>()
  let postgres: EmbeddedPostgres | undefined
  const env = () => ({
    LYCEUM_HOME: home,
    DATABASE_URL: postgres?.url ?? '',
    DATABASE_POOL: '4',
    SECRETS_FROM: 'bundle',
    SECRETS_BUNDLE: bundle,
    SECRETS_IDENTITY_FILE: identity,
    SERVICE_URLS: SERVICES.map((service) => `${service}=http://127.0.0.1:${ports.get(service)}`).join(',')
  })
  return {
    name: 'a gateway and its services, secrets in a bundle',
    url: () => `http://127.0.0.1:${ports.get('gateway')}`,
    ownerUrl: async () => postgres?.url ?? '',
    kept: async (name) => (await sourceOf(env()).read()).get(name)?.value ?? '',
    env,
    start: async () => {
      writeFileSync(identity, `${await generateIdentity()}\n`, { mode: 0o600 })
      postgres = await startEmbeddedPostgres({ home: join(folder, 'outside'), log: quiet })
      const processes = ['gateway', ...SERVICES, 'worker'] as const
      for (const name of processes) ports.set(name, await freePort())
      await lyceum(['migrate', 'up'], env())
      await sourceOf(env()).write(new Map(ROTATABLE.map((name) => [name, drawSecret()])))
      await Promise.all(processes.map((name) => serve(['serve', name], ports.get(name) ?? 0, env())))
    },
    stop: async () => {
      await stopChildren()
      await postgres?.stop()
    }
  }
}

describe.each([oneProcess(), manyProcesses()])('$name', { timeout: 400_000 }, (installation) => {
  let owner: pg.Client
  const tenantId = newId()
  const old = new Map<string, string>()
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${installation.url()}${path}`, {
      ...init,
      headers: { 'x-lyceum-tenant': 'hill', ...init.headers }
    })
  const signIn = async (): Promise<{ accessToken: string; refreshToken: string }> => {
    const answer = await call('/api/v1/auth/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ana@hill.test', password: PASSWORD })
    })
    const body = await answer.text()
    if (!answer.ok) throw new Error(`${answer.status} ${body}`)
    return JSON.parse(body)
  }

  beforeAll(async () => {
    await installation.start()
    owner = new pg.Client({ connectionString: await installation.ownerUrl() })
    await owner.connect()
    await owner.query(`insert into "user".tenant (id, slug, name, created_at) values ($1, 'hill', 'Hill', now())`, [
      tenantId
    ])
    await owner.query(`insert into "user".tenant_host (host, tenant_id) values ('hill.test', $1)`, [tenantId])
    await owner.query(
      `insert into "user".person (tenant_id, id, name, email, email_key, password_hash, role, operator, activated_at, email_verified_at, created_at)
       values ($1, $2, 'Ana', 'ana@hill.test', 'ana@hill.test', $3, 'administrator', true, now(), now(), now())`,
      [tenantId, newId(), await hashPassword(PASSWORD)]
    )
  }, 400_000)
  afterAll(async () => {
    await owner?.end()
    await installation.stop()
  }, 60_000)

  it('exchanges every secret under load: no call fails, nobody is signed out, addresses open, pins are kept', async () => {
    const { accessToken } = await signIn()
    const authorization = `Bearer ${accessToken}`
    const uploaded = await call('/api/v1/uploads', {
      method: 'POST',
      headers: {
        authorization,
        'tus-resumable': '1.0.0',
        'upload-length': '6',
        'upload-metadata': `filename ${Buffer.from('tides.txt').toString('base64')}`,
        'content-type': 'application/offset+octet-stream'
      },
      body: 'tides!'
    })
    expect(uploaded.status).toBe(201)
    const fileId = uploaded.headers.get('location')?.split('/').at(-1)
    let address = ''
    await expect
      .poll(
        async () => {
          const described = await call(`/api/v1/files/${fileId}`, { headers: { authorization } })
          address = JSON.parse(await described.text()).url ?? ''
          return address
        },
        { timeout: 20_000 }
      )
      .not.toBe('')
    const pinned = await call('/api/v1/system/pin', {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ minutes: 60 })
    })
    expect(pinned.status).toBe(200)
    const cookie =
      pinned.headers
        .getSetCookie()
        .find((one) => one.startsWith('lyceum_pin='))
        ?.split(';')[0] ?? ''
    expect(cookie).not.toBe('')

    const faults: string[] = []
    const counts = { calls: 0, files: 0, refreshes: 0 }
    let going = true
    const again = async (work: () => Promise<void>): Promise<void> => {
      while (going) {
        await work().catch((error: unknown) => faults.push(String(error)))
        await sleep(25)
      }
    }
    const mustBe = async (what: string, answer: Response): Promise<string> => {
      const body = await answer.text()
      if (answer.status !== 200) faults.push(`${what}: ${answer.status} ${body}`)
      if (answer.headers.getSetCookie().some((one) => one.startsWith('lyceum_pin=;')))
        faults.push(`${what}: the pin was taken away`)
      return body
    }
    const calls = async (): Promise<void> => {
      await mustBe('me', await call('/api/v1/me', { headers: { authorization, cookie } }))
      await mustBe('courses', await call('/api/v1/courses', { headers: { authorization, cookie } }))
      counts.calls += 2
    }
    const files = async (): Promise<void> => {
      if ((await mustBe('file', await call(address))) !== 'tides!') faults.push('file: other bytes')
      counts.files += 1
    }
    // Somebody whose every token is a new one: made by one process, believed by the others the moment after.
    let session = await signIn()
    const refreshes = async (): Promise<void> => {
      const answer = await call('/api/v1/auth/refresh', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken: session.refreshToken })
      })
      const body = await mustBe('refresh', answer)
      if (answer.status === 200) session = JSON.parse(body)
      await mustBe(
        'me after refresh',
        await call('/api/v1/me', { headers: { authorization: `Bearer ${session.accessToken}` } })
      )
      counts.refreshes += 1
    }
    const { rows: before } = await owner.query<{ pid: number }>(
      `select pid from pg_stat_activity where usename in ('lyceum_app', 'lyceum_jobs') and application_name like '%listener%'`
    )
    expect(before.length).toBeGreaterThan(0)
    const load = [calls, calls, files, refreshes].map((work) => again(work))

    const names = installation.name.startsWith('one')
      ? ROTATABLE.filter((name) => name !== 'SERVICE_SECRET_KEY')
      : ROTATABLE
    for (const name of names) {
      old.set(name, await installation.kept(name))
      // What `start` made in a bundle a moment ago would be too soon to exchange again.
      await forgetWhen(name)
      await lyceum(['secrets', 'rotate', name, '--in', WAIT], installation.env())
    }
    await sleep(Number.parseInt(WAIT, 10) * 1000 + 3_000)
    const { rows: after } = await owner.query<{ pid: number }>(`select pid from pg_stat_activity where pid = any($1)`, [
      before.map(({ pid }) => pid)
    ])
    going = false
    await Promise.all(load)
    expect(faults).toEqual([])
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(50)
    // Connections of before the exchange went on.
    expect(after).toHaveLength(before.length)

    for (const name of names) expect(await installation.kept(name), name).not.toBe(old.get(name))
    const fresh = await signIn()
    const read = async (name: string, value: string) =>
      accessTokens(oneKey(value))
        .read(fresh.accessToken, new Date())
        .then(
          () => name,
          () => 'refused'
        )
    expect(await read('new', await installation.kept('TOKEN_SECRET'))).toBe('new')
    expect(await read('old', old.get('TOKEN_SECRET') ?? '')).toBe('refused')
    const described = JSON.parse(await (await call(`/api/v1/files/${fileId}`, { headers: { authorization } })).text())
    expect(described.url).not.toBe(address)
    expect((await call(described.url)).status).toBe(200)
    expect((await call(address)).status).toBe(200)
  })

  it('takes new connections with the new passwords alone, and comes back when all of the old ones are cut', async () => {
    await owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename in ('lyceum_app', 'lyceum_jobs')`
    )
    const status = async () =>
      (await call('/api/v1/courses', { headers: { authorization: `Bearer ${(await signIn()).accessToken}` } })).status
    await expect.poll(() => status().catch(() => 0), { timeout: 20_000 }).toBe(200)
    const url = new URL(await installation.ownerUrl())
    url.username = 'lyceum_app'
    url.password = await installation.kept('DATABASE_APP_PASSWORD')
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    await client.end()
  })

  it('seals client secrets of identity providers anew, so that they outlive the key before', async () => {
    const id = newId()
    const place = sealPlace(tenantId, id)
    const [before, after] = await Promise.all([old.get('TOKEN_SECRET') ?? '', installation.kept('TOKEN_SECRET')])
    const sealed = createSeal(oneKey(before), systemClock).close('sesame', place)
    await owner.query(
      `insert into "user".identity_provider (tenant_id, id, kind, name, issuer, client_id, client_secret, create_accounts, created_at)
       values ($1, $2, 'oidc', 'Elsewhere', 'https://id.example.org', 'lyceum', $3, false, now())`,
      [tenantId, id, sealed]
    )
    await owner.query(
      `select graphile_worker.add_job('user.renew-seals', json_build_object('tenantId', $1::text, 'payload', '{}'::json))`,
      [tenantId]
    )
    const opened = async () => {
      const { rows } = await owner.query<{ client_secret: string }>(
        `select client_secret from "user".identity_provider where id = $1`,
        [id]
      )
      try {
        return createSeal(oneKey(after), systemClock).open(rows[0]?.client_secret ?? '', place)
      } catch {
        return 'sealed with the key before'
      }
    }
    await expect.poll(opened, { timeout: 20_000 }).toBe('sesame')
  })

  it('ends at once what a leaked secret has signed, and people come back by themselves', async () => {
    const session = await signIn()
    await lyceum(
      ['secrets', 'rotate', 'TOKEN_SECRET', '--leaked', '--reason', 'was seen on a screen'],
      installation.env()
    )
    const status = async () =>
      (await call('/api/v1/me', { headers: { authorization: `Bearer ${session.accessToken}` } })).status
    await expect.poll(status, { timeout: 20_000 }).toBe(401)
    // One process may know of it a moment before another: what the other signs meanwhile is refused, too.
    let { refreshToken } = session
    const comeBack = async () => {
      const answer = await call('/api/v1/auth/refresh', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken })
      })
      const refreshed = JSON.parse(await answer.text())
      refreshToken = refreshed.refreshToken
      return (await call('/api/v1/me', { headers: { authorization: `Bearer ${refreshed.accessToken}` } })).status
    }
    await expect.poll(comeBack, { timeout: 20_000, interval: 500 }).toBe(200)
  })

  it('has written down who exchanged what', async () => {
    const rows = await readAudit(owner)
    expect(verifyChain(rows)).toEqual([])
    const rotated = rows.filter(({ action }) => action === 'secret.rotated').map(({ subject }) => subject)
    expect(rotated).toEqual(
      expect.arrayContaining(['TOKEN_SECRET', 'FILE_SECRET', 'PIN_SECRET', 'DATABASE_APP_PASSWORD'])
    )
  })

  /** As if the secret were old: only what says since when is gone. */
  async function forgetWhen(name: string): Promise<void> {
    await sourceOf(installation.env()).write(new Map([[`${name}_SINCE`, null]]))
  }
})
