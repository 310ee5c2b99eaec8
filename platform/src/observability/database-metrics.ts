import { sql } from 'kysely'
import type pg from 'pg'
import { Gauge, type Registry } from 'prom-client'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'
import { inTime } from './in-time.ts'

/** @param pools by what they are for; asked when somebody looks, because some are opened later */
export function watchDatabase(
  registry: Registry,
  database: Database | undefined,
  pools: () => Readonly<Record<string, pg.Pool>>
): void {
  new Gauge({
    name: 'lyceum_database_connections',
    help: 'Connections by pool and state; waiting are requests that have none yet',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries(pools())) {
        this.set({ pool, state: 'open' }, totalCount)
        this.set({ pool, state: 'idle' }, idleCount)
        this.set({ pool, state: 'waiting' }, waitingCount)
      }
    }
  })
  new Gauge({
    name: 'lyceum_database_connections_max',
    help: 'Most connections that a pool may open',
    labelNames: ['pool'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [pool, { options }] of Object.entries(pools())) this.set({ pool }, options.max)
    }
  })
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
