import type { Database } from '@lyceum/platform/database'
import { inInstallation } from '@lyceum/platform/installation-db'
import type { Metrics } from '@lyceum/platform/metrics'
import type { Storage } from '@lyceum/platform/storage'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly message: string
}

export interface Health {
  checks(): Promise<Check[]>
  /** From now on `/api/v1/ready` says no, so that whoever balances the load stops sending. */
  leave(): void
}

/** Where operators and load balancers look. Alive is not ready: a server that is stopping is alive. */
export function addHealth(
  app: FastifyInstance,
  {
    database,
    storage,
    metrics,
    release,
    others
  }: {
    readonly database: Database
    readonly storage: Storage
    readonly metrics: Metrics
    readonly release: string
    /** What else this installation uses. */
    readonly others: readonly { readonly name: string; readonly ask: () => Promise<unknown> }[]
  }
): Health {
  let leaving = false
  const checks = () =>
    Promise.all([
      check('database', () => askDatabase(database)),
      check('storage', () => storage.check()),
      ...others.map(({ name, ask }) => check(name, ask))
    ])

  app.get('/health', { schema: { hide: true } }, async () => ({ status: 'ok', release }))
  app.get('/health/database', { schema: { hide: true } }, async (_, reply) => {
    const result = await check('database', () => askDatabase(database))
    return reply.code(result.ok ? 200 : 503).send({ status: result.ok ? 'ok' : 'down', ...result })
  })
  for (const path of ['/api/health', '/api/v1/health']) {
    app.get(path, { schema: { hide: true } }, async (_, reply) => {
      const results = await checks()
      const healthy = results.every(({ ok }) => ok)
      return reply.code(healthy ? 200 : 503).send({
        status: healthy ? 'ok' : 'degraded',
        release,
        checks: Object.fromEntries(results.map(({ name, ok, message }) => [name, { ok, message }]))
      })
    })
  }
  app.get('/api/v1/ready', { schema: { hide: true } }, async (_, reply) => {
    const { ok, message } = leaving
      ? { ok: false, message: 'stopping' }
      : await check('database', () => askDatabase(database))
    return reply.code(ok ? 200 : 503).send({ ready: ok, message, release })
  })
  // For a balancer that tells “leaving” from “broken”, as HAProxy does by 404: running requests are then left alone.
  app.get('/health/accepting', { schema: { hide: true } }, async (_, reply) =>
    reply.code(leaving ? 404 : 200).send({ accepting: !leaving, release })
  )
  app.get('/metrics', { schema: { hide: true } }, async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  )

  return {
    checks,
    leave: () => {
      leaving = true
    }
  }
}

async function check(name: string, work: () => Promise<unknown>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer within 3 seconds')), 3_000)
  })
  try {
    await Promise.race([work(), timeout])
    return { name, ok: true, message: 'answers' }
  } catch (error) {
    return { name, ok: false, message: wordsOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

/** Another process that this one cannot do without. */
export async function askService(url: string): Promise<void> {
  const { ok, status } = await fetch(`${url}/api/v1/ready`)
  if (!ok) throw new Error(`answers ${status} at ${url}: look at its log`)
}

/** What is behind an error is for operators, and this is where they look. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

const askDatabase = (database: Database) => inInstallation(database, (tx) => sql`select 1`.execute(tx))
