import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { RunningRequests } from '../http/running-requests.ts'
import { type OpenPins, openPins } from '../pin/open-pins.ts'

/** Nothing but streams, uploads and downloads may take this long; what does hangs. */
const HANGING_MS = 10_000

export interface Metrics {
  readonly registry: Registry
  /** Counts every answered request of this server, by route and status. */
  watch(app: FastifyInstance, running: RunningRequests): void
}

/** Prometheus metrics of this process; every series carries the release, so that two releases can be compared. */
export function createMetrics(release: string, database: Database | undefined, clock: Clock): Metrics {
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
  let requests: RunningRequests | undefined
  new Gauge({
    name: 'lyceum_http_hanging_requests',
    help: 'Requests that have been running for more than 10 seconds, without uploads, downloads and streams',
    registers: [registry],
    collect() {
      this.set(requests?.over(HANGING_MS) ?? 0)
    }
  })
  return {
    registry,
    watch: (app, running) => {
      requests = running
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
