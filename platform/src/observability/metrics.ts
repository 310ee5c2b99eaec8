import { statfs } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Clock, systemClock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'
import type { RunningRequests } from '../http/running-requests.ts'
import { type OpenPins, openPins } from '../pin/open-pins.ts'
import type { QueueDepth } from './queue-depth.ts'
import { watchReplicas } from './replica-metrics.ts'

/** Nothing but streams, uploads and downloads may take this long; what does hangs. */
const HANGING_MS = 10_000

/** Where metrics look when somebody asks for them; what is left out is not measured. */
export interface MetricSources {
  readonly clock?: Clock
  /** What waits outside of requests; asked at most every five seconds. */
  readonly queue?: () => Promise<QueueDepth>
  /** A folder on the disk to be watched. */
  readonly folder?: string
}

export interface Metrics {
  readonly registry: Registry
  /** Counts every answered request of this server, by route and status. */
  watch(app: FastifyInstance, running: RunningRequests): void
  /** A counter by school; beyond `MOST_TENANTS` of them the rest counts together as `other`. */
  tenantCounter(name: string, help: string): (tenantId: string, amount?: number) => void
  /** An event was handed on to whoever hears it. */
  relayed(event: string): void
}

/** Series are kept for good by whoever scrapes them, so their number has an end. */
const MOST_TENANTS = 500
const PATIENCE_MS = 3_000

/** Prometheus metrics of this process; every series carries the release, so that two releases can be compared. */
export function createMetrics(
  release: string,
  database: Database | undefined,
  { clock = systemClock, queue, folder }: MetricSources = {}
): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ release })
  collectDefaultMetrics({ register: registry })
  const seconds = new Histogram({
    name: 'lyceum_http_request_duration_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry]
  })
  const errors = new Counter({
    name: 'lyceum_http_errors_total',
    help: 'Answers with status 500 and above, by route',
    labelNames: ['method', 'route', 'status'],
    registers: [registry]
  })
  const active = new Gauge({
    name: 'lyceum_http_active_requests',
    help: 'Requests being answered',
    registers: [registry]
  })
  new Gauge({
    name: 'lyceum_database_connections',
    help: 'Connections of the pool by state',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'open' }, database?.pool.totalCount ?? 0)
      this.set({ state: 'idle' }, database?.pool.idleCount ?? 0)
      this.set({ state: 'waiting' }, database?.pool.waitingCount ?? 0)
    }
  })
  const relayed = new Counter({
    name: 'lyceum_events_relayed_total',
    help: 'Events handed on, by name',
    labelNames: ['event'],
    registers: [registry]
  })
  watchPins(registry, release, database, clock)
  let requests: RunningRequests | undefined
  new Gauge({
    name: 'lyceum_http_hanging_requests',
    help: 'Requests that have been running for more than 10 seconds, without uploads, downloads and streams',
    registers: [registry],
    collect() {
      this.set(requests?.over(HANGING_MS) ?? 0)
    }
  })
  watchDatabase(registry, database)
  watchReplicas(registry, database?.replicas)
  watchQueue(registry, queue)
  watchDisk(registry, folder)
  const watched = watchConnections(registry)
  const named = tenantNames()
  return {
    registry,
    relayed: (event) => relayed.inc({ event }),
    tenantCounter: (name, help) => {
      const counter = new Counter({ name, help, labelNames: ['tenant'], registers: [registry] })
      return (tenantId, amount = 1) => counter.inc({ tenant: named(tenantId) }, amount)
    },
    watch: (app, running) => {
      requests = running
      watched.add(app)
      app.addHook('onRequest', (_request, _reply, done) => {
        active.inc()
        done()
      })
      app.addHook('onResponse', (request, reply, done) => {
        done()
        active.dec()
        const labels = {
          method: request.method,
          route: request.routeOptions.url ?? 'none',
          status: String(reply.statusCode)
        }
        seconds.observe(labels, reply.elapsedTime / 1000)
        if (reply.statusCode >= 500) errors.inc(labels)
      })
    }
  }
}

/** @returns the servers whose connections are counted */
function watchConnections(registry: Registry): Set<FastifyInstance> {
  const watched = new Set<FastifyInstance>()
  new Gauge({
    name: 'lyceum_http_connections',
    help: 'Open connections of clients and proxies, sockets included',
    registers: [registry],
    async collect() {
      const counts = await Promise.all([...watched].map(({ server }) => connectionsOf(server)))
      this.set(counts.reduce((sum, count) => sum + count, 0))
    }
  })
  return watched
}

const connectionsOf = (server: FastifyInstance['server']): Promise<number> =>
  new Promise((answer) => server.getConnections((error, count) => answer(error ? 0 : count)))

function watchDatabase(registry: Registry, database: Database | undefined): void {
  new Gauge({
    name: 'lyceum_database_up',
    help: 'Whether a query was answered within three seconds',
    registers: [registry],
    async collect() {
      if (!database) return this.remove()
      const answer = await inTime(inInstallation(database, (tx) => sql`select 1`.execute(tx)))
      this.set(answer === undefined ? 0 : 1)
    }
  })
}

/** What cannot be measured now is left out: an old number would look like a good one. */
function watchQueue(registry: Registry, ask: MetricSources['queue']): void {
  let asked: { readonly at: number; readonly depth: Promise<QueueDepth | undefined> } | undefined
  const depth = async (): Promise<QueueDepth | undefined> => {
    if (!ask) return undefined
    const at = performance.now()
    if (!asked || at - asked.at > 5_000) asked = { at, depth: inTime(ask()) }
    return asked.depth
  }
  const gauge = (name: string, help: string, read: (depth: QueueDepth) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const found = await depth()
        if (found) this.set(read(found))
        else this.remove()
      }
    })
  new Gauge({
    name: 'lyceum_jobs',
    help: 'Jobs of the installation by state; waiting counts what is due',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const [state, count] of Object.entries((await depth())?.jobs ?? {})) this.set({ state }, count)
    }
  })
  gauge('lyceum_jobs_oldest_seconds', 'How long the oldest due job has waited', (found) => found.oldestJobSeconds)
  gauge('lyceum_events_waiting', 'Events that were not handed on yet', (found) => found.eventsWaiting)
  gauge('lyceum_events_oldest_seconds', 'How long the oldest of them has waited', (found) => found.oldestEventSeconds)
}

function watchDisk(registry: Registry, folder: string | undefined): void {
  new Gauge({
    name: 'lyceum_disk_used_ratio',
    help: 'Used share of the disk that LYCEUM_HOME is on, from 0 to 1',
    registers: [registry],
    async collect() {
      const disk = folder === undefined ? undefined : await inTime(statfs(folder))
      if (!disk || disk.blocks === 0) return this.remove()
      const used = disk.blocks - disk.bfree
      this.set(used / (used + disk.bavail))
    }
  })
}

function tenantNames(): (tenantId: string) => string {
  const known = new Set<string>()
  return (tenantId) => {
    if (known.size < MOST_TENANTS) known.add(tenantId)
    return known.has(tenantId) ? tenantId : 'other'
  }
}

/** Whoever scrapes waits ten seconds at most. @returns undefined when it failed or took longer than three */
async function inTime<Answer>(work: Promise<Answer>): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((answer) => {
    timer = setTimeout(() => answer(undefined), PATIENCE_MS)
  })
  try {
    return await Promise.race([work.catch(() => undefined), late])
  } finally {
    clearTimeout(timer)
  }
}

function watchPins(registry: Registry, release: string, database: Database | undefined, clock: Clock): void {
  // Both series are read at once and must say the same. Without the database nothing is known, which is not “none”: NaN.
  const unknown: readonly OpenPins[] = [{ release, count: Number.NaN, until: new Date(Number.NaN) }]
  let reading: Promise<readonly OpenPins[]> | undefined
  const pins = (): Promise<readonly OpenPins[]> => {
    reading ??= (database ? openPins(database, clock.now()) : Promise.resolve([]))
      .catch(() => unknown)
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  const ofPins = (series: string, help: string, read: (pins: OpenPins) => number) =>
    new Gauge({
      name: series,
      help,
      labelNames: ['pinned'],
      registers: [registry],
      async collect() {
        const all = await pins()
        this.reset()
        for (const pin of all) this.set({ pinned: pin.release }, read(pin))
      }
    })
  ofPins('lyceum_release_pins', 'People whose browsers are kept on a release', ({ count }) => count)
  ofPins(
    'lyceum_release_pins_until_seconds',
    'When the last of these pins is over, in seconds since 1970',
    ({ until }) => until.getTime() / 1000
  )
}
