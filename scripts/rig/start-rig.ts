import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { freePort } from '@lyceum/platform/testing/free-port'
import { allMigrations } from '@lyceum/server/migrations'
import { ensureWebBuild } from '@lyceum/server/web-build'
import pg from 'pg'
import type { Release } from '../../apps/cli/src/release/target.ts'
import { type HostSettings, instancesOf, readHostSettings } from '../../apps/cli/src/target/host/host-settings.ts'
import type { HostTarget } from '../../apps/cli/src/target/host/host-target.ts'
import { openHostTarget, supervisorOf } from '../../apps/cli/src/target/host/open-host-target.ts'
import { addRelease } from '../../apps/cli/src/target/host/release-folder.ts'
import {
  type ProxyName,
  proxySettings,
  selfSigned,
  startProxy,
  writeProxyConfig
} from '../../apps/cli/src/target/host/testing/start-proxy.ts'
import { startProductProcess } from '../../bench/product-process.ts'
import { type Fault, makeRelease } from './rig-release.ts'

export interface Rig {
  readonly root: string
  readonly settings: HostSettings
  readonly target: HostTarget
  /** Of the front door. */
  readonly url: string
  readonly certificate: string
  /** As the owner of the database, for looking behind. */
  readonly database: pg.Pool
  /** Every migration in the ledger and every table, to be compared with themselves later. */
  schema(): Promise<string>
  /** A release of this code, under another name and with a fault if asked for. */
  release(name: string, fault?: Fault): Release
  stop(): Promise<void>
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * One server as an operator has it: PostgreSQL, a proxy with TLS in front, release folders, two colours of processes. The
 * release \`n\` serves when this is done; everything lies in a folder of its own and is gone after \`stop\`.
 */
export async function startRig({
  proxy,
  instances = 2,
  shape = 'one',
  tell
}: {
  readonly proxy: ProxyName
  readonly instances?: number
  readonly shape?: HostSettings['shape']
  readonly tell: (line: string) => void
}): Promise<Rig> {
  await ensureWebBuild(tell)
  const root = mkdtempSync(join(tmpdir(), `lyceum-rig-${proxy}-`))
  const cleanups: (() => Promise<unknown>)[] = [async () => rmSync(root, { recursive: true, force: true })]
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  }
  try {
    tell('Starting PostgreSQL…')
    const postgres = await startEmbeddedPostgres({
      home: join(root, 'postgres'),
      log: quiet,
      settings: { max_connections: '200' }
    })
    cleanups.push(() => postgres.stop())
    const databaseUrl = await createDatabase(postgres.url)
    const home = join(root, 'home')
    await makeSchools(home, databaseUrl, tell)
    const database = new pg.Pool({ connectionString: databaseUrl, max: 2 })
    // The pool has ended before its last connection has, and the server may stop in between: an idle connection that is cut is
    // told to the pool, one that is leaving to the client.
    database.on('error', () => undefined)
    database.on('connect', (client) => client.on('error', () => undefined))
    cleanups.push(() => database.end())

    const settings = await describeServer(root, { proxy, instances, shape })
    writeFileSync(settings.environment, environment({ home, databaseUrl, url: settings.door.url }))
    const target = openHostTarget(root)
    mkdirSync(join(root, 'traffic'))
    const tls = selfSigned(root)
    writeProxyConfig(settings, root, tls)
    await target.prepare()
    const front = await startProxy(settings, root)
    cleanups.push(front.stop)

    const migrations = allMigrations().map(({ module, name }) => `${module}/${name}`)
    const schema = { min: migrations.at(-1) ?? '', max: migrations.at(-1) ?? '' }
    const release = (name: string, fault: Fault = {}): Release =>
      addRelease(root, makeRelease(join(root, 'packed', name), { name, schema, fault }))
    const supervisor = supervisorOf(settings)
    const processes = [...instancesOf(settings, 'blue'), ...instancesOf(settings, 'green')]
    cleanups.push(() => Promise.all(processes.flatMap(({ units }) => units.map(({ name }) => supervisor.stop(name)))))
    tell('Booting the release n…')
    await target.boot('blue', release('n'))
    return {
      root,
      settings,
      target,
      url: settings.door.url,
      certificate: readFileSync(tls.certificate, 'utf8'),
      database,
      schema: () => describeSchema(database),
      release,
      stop
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function createDatabase(serverUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  await client.query('create database lyceum')
  await client.end()
  const url = new URL(serverUrl)
  url.pathname = '/lyceum'
  return url.href
}

async function describeSchema(database: pg.Pool): Promise<string> {
  const { rows } = await database.query<{ found: string }>(`
    select module || '/' || name as found from public.lyceum_migration
    union all
    select table_schema || '.' || table_name || '.' || column_name from information_schema.columns
    where table_schema not in ('pg_catalog', 'information_schema')
    order by 1`)
  return rows.map(({ found }) => found).join('\n')
}

/** The first start of an installation for trying it out: schema and demo schools. */
async function makeSchools(home: string, databaseUrl: string, tell: (line: string) => void): Promise<void> {
  tell('Making schools…')
  const product = await startProductProcess({
    home,
    port: await freePort(),
    args: ['serve'],
    env: { DATABASE_URL: databaseUrl }
  })
  await product.stop()
}

async function describeServer(
  root: string,
  {
    proxy,
    instances,
    shape
  }: { readonly proxy: ProxyName; readonly instances: number; readonly shape: HostSettings['shape'] }
): Promise<HostSettings> {
  const [door, base] = [await freePort(), await freePort()]
  // Ports in a row, below those that connections going out are given.
  const blue = 20_000 + (base % 5_000)
  const file = {
    proxy,
    instances,
    shape,
    timeouts: { drainSeconds: 40 },
    ports: { blue, green: blue + 100 },
    door: { url: `https://localhost:${door}`, host: `localhost:${door}`, ca: join(root, 'door.crt') },
    supervisor: 'own',
    environment: join(root, 'lyceum.env'),
    ...proxySettings(proxy, root)
  }
  writeFileSync(join(root, 'target.json'), JSON.stringify(file, null, 2))
  return readHostSettings(root)
}

const environment = ({
  home,
  databaseUrl,
  url
}: {
  readonly home: string
  readonly databaseUrl: string
  readonly url: string
}) =>
  Object.entries({
    LYCEUM_ENV: 'staging',
    LYCEUM_HOME: home,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL: '8',
    PUBLIC_URL: url,
    TRUST_PROXY: 'true',
    SERVICE_SECRET_KEY: randomBytes(32).toString('base64url'),
    // A whole crowd comes from one address, and signs in as the same two.
    RATE_LIMIT_ANONYMOUS: '0',
    RATE_LIMIT_GUESSES: '0',
    RATE_LIMIT_PERSON: '0',
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
    SHUTDOWN_WAIT_SECONDS: '1',
    SHUTDOWN_SPREAD_SECONDS: '3'
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
