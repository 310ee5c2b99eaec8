import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { entryOf } from '../http/entry.ts'
import { isInner } from '../http/inner-request.ts'
import type { RunningRequests } from '../http/running-requests.ts'

/** Nothing but streams, uploads and downloads may take this long; what does hangs. */
const HANGING_MS = 10_000

/** An answered request, by words that are few: no address, no name. */
export interface Answered {
  readonly method: string
  readonly route: string
  readonly status: string
  readonly seconds: number
  /** Only where nobody real has asked. */
  readonly synthetic?: 'true'
}

/**
 * Requests by route and status, and what is open now.
 * @param heard of every answer, for those who count elsewhere
 */
export function watchHttp(
  registry: Registry,
  heard: (answered: Answered) => void
): (app: FastifyInstance, running: RunningRequests) => void {
  const duration = new Histogram({
    name: 'lyceum_http_request_duration_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status', 'synthetic'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry]
  })
  const errors = new Counter({
    name: 'lyceum_http_errors_total',
    help: 'Answers with status 500 and above, by route',
    labelNames: ['method', 'route', 'status', 'synthetic'],
    registers: [registry]
  })
  const aborted = new Counter({
    name: 'lyceum_http_aborted_total',
    help: 'Requests whose client went away before the answer was whole, by route',
    labelNames: ['method', 'route', 'synthetic'],
    registers: [registry]
  })
  const watched: { readonly app: FastifyInstance; readonly running: RunningRequests }[] = []
  const sum = (read: (running: RunningRequests) => number) =>
    watched.reduce((total, { running }) => total + read(running), 0)
  new Gauge({
    name: 'lyceum_http_active_requests',
    help: 'Requests being answered',
    registers: [registry],
    collect() {
      this.set(sum((running) => running.count()))
    }
  })
  new Gauge({
    name: 'lyceum_http_hanging_requests',
    help: 'Requests that have been running for more than 10 seconds, without uploads, downloads and streams',
    registers: [registry],
    collect() {
      this.set(sum((running) => running.over(HANGING_MS)))
    }
  })
  new Gauge({
    name: 'lyceum_http_connections',
    help: 'Open connections of clients and proxies, sockets included',
    registers: [registry],
    async collect() {
      const counts = await Promise.all(watched.map(({ app }) => connectionsOf(app.server)))
      this.set(counts.reduce((total, count) => total + count, 0))
    }
  })
  return (app, running) => {
    watched.push({ app, running })
    app.addHook('onRequest', (request, reply, done) => {
      if (!isInner(request))
        reply.raw.once('close', () => {
          if (!reply.raw.writableFinished && !request.headers.upgrade)
            aborted.inc({
              method: request.method,
              route: request.routeOptions.url ?? 'none',
              ...whetherSynthetic(request)
            })
        })
      done()
    })
    app.addHook('onResponse', (request, reply, done) => {
      done()
      // Whoever asked for the page is counted; what the page asks of ourselves is part of it.
      if (isInner(request)) return
      const labels = {
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: String(reply.statusCode),
        ...whetherSynthetic(request)
      }
      const seconds = reply.elapsedTime / 1000
      duration.observe(labels, seconds)
      if (reply.statusCode >= 500) errors.inc(labels)
      heard({ ...labels, seconds })
    })
  }
}

/** People have no such label, so that series of theirs are what they were. */
const whetherSynthetic = (request: FastifyRequest): { synthetic?: 'true' } =>
  entryOf(request)?.request.synthetic ? { synthetic: 'true' } : {}

const connectionsOf = (server: FastifyInstance['server']): Promise<number> =>
  new Promise((answer) => server.getConnections((error, count) => answer(error ? 0 : count)))
