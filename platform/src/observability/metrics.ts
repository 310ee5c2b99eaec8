import { statfs } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { BackupState } from '../backup/state/backup-state.ts'
import type { CacheOutcome } from '../cache/cache.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { RelayedEvent } from '../events/relay.ts'
import type { RunningRequests } from '../http/running-requests.ts'
import type { Live } from '../live/live.ts'
import type { SharedMemory } from '../redis/redis.ts'
import { watchBackups } from './backup-metrics.ts'
import { countCache, watchMemory } from './cache-metrics.ts'
import { watchDatabase } from './database-metrics.ts'
import { type Answered, watchHttp } from './http-metrics.ts'
import { inTime } from './in-time.ts'
import { watchPins } from './pin-metrics.ts'
import type { QueueDepth } from './queue-depth.ts'
import { watchBroker, watchQueue } from './queue-metrics.ts'
import { watchReplicas } from './replica-metrics.ts'

/** Where metrics look when somebody asks for them; what is left out is not measured. */
export interface MetricSources {
  readonly clock?: Clock
  /** Connection pools by what they are for, beside the one of requests. */
  readonly pools?: () => Readonly<Record<string, pg.Pool>>
  /** What waits outside of requests; asked at most every five seconds. */
  readonly queue?: () => Promise<QueueDepth>
  readonly bus?: () => EventBus | undefined
  readonly memory?: () => SharedMemory | undefined
  /** What is known of backups, where Lyceum makes them. */
  readonly backups?: (() => Promise<BackupState | undefined>) | undefined
  /** A folder on the disk to be watched. */
  readonly folder?: string
  /** Hears of every answer, to count it elsewhere too. */
  readonly answered?: (answered: Answered) => void
}

export interface Metrics {
  readonly registry: Registry
  /** Counts every answered request of this server, by route and status. */
  watch(app: FastifyInstance, running: RunningRequests): void
  watchLive(live: Pick<Live, 'count'>): void
  /** A counter by school; beyond `MOST_TENANTS` of them the rest counts together as `other`. */
  tenantCounter(name: string, help: string): (tenantId: string, amount?: number) => void
  /** An event was handed on to whoever hears it. */
  relayed(event: Pick<RelayedEvent, 'name' | 'occurred_at'>): void
  /** A look into the cache came to this. */
  cached(kind: string, outcome: CacheOutcome): void
}

/** Series are kept for good by whoever scrapes them, so their number has an end. */
const MOST_TENANTS = 500

/** Prometheus metrics of this process; every series carries the release, so that two releases can be compared. */
export function createMetrics(
  release: string,
  database: Database | undefined,
  { clock = systemClock, pools, queue, bus, memory, backups, folder, answered }: MetricSources = {}
): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ release })
  collectDefaultMetrics({ register: registry })
  const watch = watchHttp(registry, (answer) => answered?.(answer))
  const relayed = countRelayed(registry, clock)
  watchDatabase(registry, database, () => ({ ...(database ? { requests: database.pool } : {}), ...pools?.() }))
  watchReplicas(registry, database?.replicas)
  watchPins(registry, release, database, clock)
  watchQueue(registry, queue)
  watchBroker(registry, () => bus?.())
  watchMemory(registry, () => memory?.())
  watchBackups(registry, clock, backups)
  watchDisk(registry, folder)
  const cached = countCache(registry)
  const named = tenantNames()
  return {
    registry,
    watch,
    watchLive: (live) => watchLive(registry, live),
    relayed,
    cached,
    tenantCounter: (name, help) => {
      const counter = new Counter({ name, help, labelNames: ['tenant'], registers: [registry] })
      return (tenantId, amount = 1) => counter.inc({ tenant: named(tenantId) }, amount)
    }
  }
}

function countRelayed(registry: Registry, clock: Clock): Metrics['relayed'] {
  const relayed = new Counter({
    name: 'lyceum_events_relayed_total',
    help: 'Events handed on, by name',
    labelNames: ['event'],
    registers: [registry]
  })
  const lag = new Histogram({
    name: 'lyceum_events_lag_seconds',
    help: 'From the moment that something happened until it was handed on',
    buckets: [0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 3600],
    registers: [registry]
  })
  return ({ name, occurred_at }) => {
    relayed.inc({ event: name })
    lag.observe(Math.max(0, (clock.now().getTime() - Date.parse(occurred_at)) / 1000))
  }
}

function watchLive(registry: Registry, live: Pick<Live, 'count'>): void {
  new Gauge({
    name: 'lyceum_live_connections',
    help: 'Browsers that listen for news, by WebSocket or by events',
    registers: [registry],
    collect() {
      this.set(live.count())
    }
  })
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
