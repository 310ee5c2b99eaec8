import { randomBytes } from 'node:crypto'
import { newId } from '@lyceum/platform/id'
import { freePort } from '@lyceum/platform/testing/free-port'
import { accessTokens } from '@lyceum/user/access-token'
import pg from 'pg'
import { type ProductProcess, removeHome, startProductProcess, temporaryHome } from '../product-process.ts'

const SERVICES = ['user', 'course', 'notification', 'file'] as const
const PROCESSES = [...SERVICES, 'gateway', 'worker'] as const

const secret = () => randomBytes(32).toString('base64url')
const secrets = {
  DATABASE_APP_PASSWORD: secret(),
  DATABASE_JOBS_PASSWORD: secret(),
  TOKEN_SECRET: secret(),
  FILE_SECRET: secret(),
  PIN_SECRET: secret(),
  SERVICE_SECRET_KEY: secret()
}
export const APP_PASSWORD = secrets.DATABASE_APP_PASSWORD

/** An installation of many processes, as `lyceum serve` starts them. */
export interface Fleet {
  readonly url: string
  stop(): Promise<void>
}

export async function startFleet(env: Readonly<Record<string, string>>, tell: (line: string) => void): Promise<Fleet> {
  const home = temporaryHome('faults')
  const ports = new Map<string, number>()
  for (const name of PROCESSES) ports.set(name, await freePort())
  const running: ProductProcess[] = []
  const stop = async () => {
    await Promise.all(running.map((process) => process.stop()))
    removeHome(home)
  }
  try {
    for (const name of PROCESSES) {
      tell(`Starting ${name}…`)
      const common = {
        ...secrets,
        SERVICE_URLS: SERVICES.map((service) => `${service}=http://127.0.0.1:${ports.get(service)}`).join(','),
        RATE_LIMIT_ANONYMOUS: '0',
        // Counted, so that Redis is asked for every request, and never reached.
        RATE_LIMIT_PERSON: '1000000',
        DATABASE_POOL: '5'
      }
      running.push(
        await startProductProcess({
          home,
          port: ports.get(name) ?? 0,
          args: ['serve', name],
          env: { ...common, ...env }
        })
      )
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `http://127.0.0.1:${ports.get('gateway')}`, stop }
}

export interface School {
  readonly slug: string
  readonly tenantId: string
  /** Administrators with a token each. */
  readonly people: readonly string[]
  /** E-mail addresses of accounts that are in no course. */
  readonly learners: readonly string[]
}

const LEARNERS = 4_000

/** @param ownerUrl of the database whose schema is there */
export async function makeSchool(ownerUrl: string, administrators: number): Promise<School> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const tenantId = newId()
    const slug = `faults-${tenantId.slice(-6)}`
    await client.query(`insert into "user".tenant (id, slug, name, created_at) values ($1, $2, 'Faults', now())`, [
      tenantId,
      slug
    ])
    await client.query(`insert into "user".tenant_host (host, tenant_id) values ($1, $2)`, [
      `${slug}.localhost`,
      tenantId
    ])
    const tokens = accessTokens(secrets.TOKEN_SECRET)
    const people: string[] = []
    for (let number = 0; number < administrators; number++) {
      const [userId, name] = [newId(), `Administrator ${number}`]
      await client.query(INSERT_PERSON, [tenantId, userId, name, `a${number}@faults.test`, 'administrator'])
      people.push(
        await tokens.issue(
          { tenantId, userId, signInId: newId(), name, role: 'administrator', operator: false },
          new Date()
        )
      )
    }
    const learners = Array.from({ length: LEARNERS }, (_, number) => `l${number}@faults.test`)
    await client.query(INSERT_LEARNERS, [tenantId, learners])
    return { slug, tenantId, people, learners }
  } finally {
    await client.end()
  }
}

const INSERT_PERSON = `insert into "user".person (tenant_id, id, name, email, email_key, role, operator, activated_at, email_verified_at, created_at)
  values ($1, $2, $3, $4, $4, $5, false, now(), now(), now())`

const INSERT_LEARNERS = `insert into "user".person (tenant_id, id, name, email, email_key, role, operator, activated_at, email_verified_at, created_at)
  select $1, gen_random_uuid(), email, email, email, 'learner', false, now(), now(), now() from unnest($2::text[]) email`
