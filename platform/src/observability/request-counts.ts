import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'
import { entryOf } from '../http/entry.ts'
import { MAINTENANCE_HEADER } from '../maintenance/maintenance.ts'

const WRITE_EVERY_MS = 60_000
const SLOT_MS = 5 * 60_000
const KEPT_MS = 31 * 24 * 60 * 60_000
/** Not people: probes of proxies, monitors and the release tool. */
const PROBES = /^\/(?:health|metrics|api\/health|api\/v1\/(?:health|ready))/

export interface RequestCounts {
  /** Writes what has been counted since; what cannot be written is written the next time. */
  write(): Promise<void>
  /** Writes the rest. */
  close(): Promise<void>
}

/** Adds up what people ask of this server and what fails, so that releases can respect what may fail in a month. */
export function countRequests(
  app: FastifyInstance,
  { database, clock, release }: { readonly database: Database; readonly clock: Clock; readonly release: string }
): RequestCounts {
  let [requests, errors] = [0, 0]
  app.addHook('onResponse', (request, reply, done) => {
    done()
    // Closed on purpose is no error, and no evidence that anything works.
    const isClosed = reply.statusCode === 503 && reply.hasHeader(MAINTENANCE_HEADER)
    const isNobody = entryOf(request)?.request.synthetic === true
    if (isClosed || isNobody || PROBES.test(request.routeOptions.url ?? '')) return
    requests++
    if (reply.statusCode >= 500) errors++
  })
  const write = async (): Promise<void> => {
    if (requests === 0) return
    const counted = { requests, errors }
    ;[requests, errors] = [0, 0]
    const now = clock.now().getTime()
    try {
      await inInstallation(database, async (tx) => {
        await sql`delete from platform.request_count where slot < ${new Date(now - KEPT_MS)}`.execute(tx)
        await sql`
          insert into platform.request_count (slot, release, requests, errors)
          values (${new Date(now - (now % SLOT_MS))}, ${release}, ${counted.requests}, ${counted.errors})
          on conflict (slot, release) do update set requests = request_count.requests + excluded.requests,
            errors = request_count.errors + excluded.errors`.execute(tx)
      })
    } catch {
      requests += counted.requests
      errors += counted.errors
    }
  }
  const timer = setInterval(() => void write(), WRITE_EVERY_MS)
  timer.unref()
  return {
    write,
    close: () => {
      clearInterval(timer)
      return write()
    }
  }
}
