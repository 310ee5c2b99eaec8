import { setTimeout as sleep } from 'node:timers/promises'
import {
  Logger,
  type ParsedCronItem,
  parseCronItems,
  type Runner as QueueRunner,
  run,
  runOnce,
  type TaskList
} from 'graphile-worker'
import { sql } from 'kysely'
import type pg from 'pg'
import { Compile } from 'typebox/compile'
import { beat } from '../backup/heartbeat.ts'
import { openConnections } from '../db/connections.ts'
import { inInstallation } from '../db/installation-transaction.ts'
import type { Listener } from '../db/listener.ts'
import type { Login } from '../db/login.ts'
import { sampleTableSizes } from '../db/table-sizes.ts'
import { inTenant } from '../db/tenant-transaction.ts'
import { buryEvent } from '../events/dead-letters.ts'
import type { EventBus } from '../events/event-bus.ts'
import { OUTBOX_CHANNEL } from '../events/outbox.ts'
import { type RelayedEvent, relayEvents } from '../events/relay.ts'
import type { JobHandler, Schedule } from '../module/module.ts'
import { installationEntry, type Runtime } from '../module/runtime.ts'
import type { Log } from '../observability/log.ts'
import type { Telemetry } from '../observability/telemetry.ts'
import { enqueue } from './job.ts'
import { REACT, react } from './reaction.ts'
import { createWorkerPresence } from './worker-presence.ts'

export interface WorkerOptions {
  readonly runtime: Runtime
  readonly jobsUrl: Login | string
  readonly listener: Listener
  readonly log: Log
  /** Hands events on instead of the job queue. */
  readonly bus?: EventBus | undefined
  /** Jobs at once. */
  readonly concurrency: number
  readonly schedules: readonly Schedule[]
  /** What the installation does on a clock for itself, and not for each school. */
  readonly chores?: readonly Chore[]
  /** Every active tenant, for scheduled jobs. */
  readonly tenants: () => Promise<readonly string[]>
  readonly telemetry?: Pick<Telemetry, 'fault' | 'tracing'> | undefined
  /** Hears of every event that this process handed on. */
  readonly relayed?: (event: RelayedEvent) => void
}

/** Work of the installation as a whole, once whatever the number of processes; `cron` in UTC. */
export interface Chore {
  readonly name: string
  readonly cron: string
  /** How long afterwards it is still worth doing what was missed, in milliseconds; 0 where only the present counts. */
  readonly lateMs: number
  run(): Promise<void>
}

/** What a worker does: `schedules` only makes jobs of what is due by the clock; `jobs` runs them and relays events. */
export type Duties = 'all' | 'jobs' | 'schedules'

const RESUME_EVERY_MS = 1_000

export interface Worker {
  /** Connections of the queue's own login, for the screens that show jobs. */
  readonly pool: pg.Pool
  /** Relays events and runs jobs until it is stopped: running ones finish, waiting ones stay. */
  start(duties?: Duties): Promise<void>
  stop(): Promise<void>
  /** Relays and runs everything that is due now, and whatever that causes; for tests and `TASKS_FORCE_INLINE`. */
  drain(): Promise<void>
}

/** What happens outside requests: events handed on, reactions, jobs, schedules. */
export function createWorker(options: WorkerOptions): Worker {
  const { runtime, jobsUrl, listener, log, bus, concurrency, schedules, chores = [] } = options
  const connections = openConnections(jobsUrl, {
    // One listens; the queue asks and reports in a millisecond, so two serve any number of jobs, which work elsewhere.
    max: 3,
    application_name: 'lyceum jobs',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    idleTimeoutMillis: 10_000
  })
  const { pool } = connections
  // While the queue has it, an end that nobody hears would end the process.
  pool.on('connect', (connection) => connection.on('error', () => undefined))
  const everyTask = watched(buildTasks(options), options.telemetry)
  const presence = createWorkerPresence(jobsUrl, log)
  const common = { pgPool: pool, logger: new Logger(() => forwardTo(log)), noPreparedStatements: true }
  let queue: QueueRunner | undefined
  let resuming: Promise<void> = Promise.resolve()
  let poll: NodeJS.Timeout | undefined
  let relaying: Promise<void> = Promise.resolve()
  let again = false
  let stopped = false

  const relay = (): void => {
    // Without its broker the relay waits: events are safe where they are, and a worker will hear when it is back.
    if (again || stopped || bus?.ready === false) return
    again = true
    relaying = relaying
      .then(async () => {
        again = false
        await relayEvents(runtime.database, runtime.modules, runtime.clock.now(), { bus, relayed: options.relayed })
      })
      .catch((error: unknown) => log.warn({ err: error }, 'events could not be relayed; trying again'))
  }

  const take = async (taskList: TaskList, parsedCronItems: ParsedCronItem[]): Promise<void> => {
    const taken = await run({
      ...common,
      taskList,
      concurrency,
      noHandleSignals: true,
      pollInterval: 5_000,
      parsedCronItems,
      events: presence.events,
      // One by one, a job whose end cannot be written down is a rejection that nobody hears, and ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } }
    })
    queue = taken
    const ended = (error?: unknown): void => {
      if (stopped || queue !== taken) return
      log.warn({ err: error }, 'the job queue stopped, as it does when the database goes away; taking jobs again')
      resuming = takeAgain(taskList, parsedCronItems)
    }
    taken.promise.then(() => ended(), ended)
  }
  const takeAgain = async (taskList: TaskList, parsedCronItems: ParsedCronItem[]): Promise<void> => {
    while (!stopped) {
      await sleep(RESUME_EVERY_MS)
      if (stopped) return
      try {
        return await take(taskList, parsedCronItems)
      } catch (error) {
        log.warn({ err: error }, 'jobs cannot be taken yet; trying again')
      }
    }
  }

  return {
    pool,
    start: async (duties = 'all') => {
      await presence.start()
      if (duties !== 'schedules') {
        await listener.on(OUTBOX_CHANNEL, relay)
        // Catches what a lost notice left behind.
        poll = setInterval(relay, 5_000)
        relay()
        bus?.onReady(relay)
        bus?.consume({
          react: (tenantId, reaction) => react(runtime, tenantId, reaction),
          bury: (tenantId, reaction, lastError) => buryEvent(pool, tenantId, reaction, lastError)
        })
      }
      if (duties === 'jobs') return take(everyTask, [])
      const parsedCronItems = parseCronItems(
        schedules.map(({ job, cron }) => ({
          task: SCHEDULE,
          match: cron,
          identifier: job.name,
          payload: { job: job.name },
          options: { backfillPeriod: 24 * 60 * 60 * 1000 }
        }))
      )
      parsedCronItems.push(
        ...parseCronItems([
          { task: EXPIRE, match: '10 3 * * *', identifier: EXPIRE },
          ...[heartbeat(runtime), ...chores].map(({ name, cron, lateMs }) => ({
            task: name,
            match: cron,
            identifier: name,
            // What is still waiting when the next one is due is done once.
            options: { backfillPeriod: lateMs, maxAttempts: 3, jobKey: name }
          }))
        ])
      )
      const { [SCHEDULE]: schedule = nothing } = everyTask
      await take(duties === 'all' ? everyTask : { [SCHEDULE]: schedule }, parsedCronItems)
    },
    stop: async () => {
      stopped = true
      clearInterval(poll)
      await relaying
      await bus?.close()
      await resuming
      await queue?.stop().catch((error: unknown) => log.warn({ err: error }, 'the job queue did not stop in order'))
      await presence.stop()
      await connections.close()
    },
    drain: async () => {
      for (let round = 0; round < 200; round++) {
        const relayed = await relayEvents(runtime.database, runtime.modules, runtime.clock.now(), {
          relayed: options.relayed
        })
        if (relayed === 0 && (await due(pool)) === 0) return
        await runOnce({ ...common, taskList: everyTask })
      }
    }
  }
}

/** Jobs that could run now or are running: a job that was just done may still hold its lock for a moment. */
async function due(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count from graphile_worker._private_jobs where locked_at is not null or (run_at <= now() and attempts < max_attempts)`
  )
  return rows[0]?.count ?? 0
}

const EXPIRE = 'platform.expire-old'
const SCHEDULE = 'platform.schedule'
const nothing = () => undefined

/** Events that were handed on a week ago and answers to requests of yesterday are not needed any more. */
async function expireOld({ database, clock }: Runtime): Promise<void> {
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * 24 * 60 * 60 * 1000)
  await inInstallation(database, async (tx) => {
    await sql`delete from platform.inbox where handled_at < ${daysAgo(14)}`.execute(tx)
    await sql`delete from platform.outbox where relayed_at < ${daysAgo(7)}`.execute(tx)
    await sql`delete from platform.idempotency where created_at < ${daysAgo(2)}`.execute(tx)
  })
}

const heartbeat = ({ database, clock }: Runtime): Chore => ({
  name: 'platform.heartbeat',
  cron: '* * * * *',
  lateMs: 0,
  run: () => beat(database, clock)
})

function buildTasks({ runtime, schedules, chores = [], tenants }: WorkerOptions): TaskList {
  const tasks: TaskList = {
    ...Object.fromEntries([heartbeat(runtime), ...chores].map(({ name, run: perform }) => [name, () => perform()])),
    [REACT.name]: async (envelope) => {
      const { tenantId, payload } = readEnvelope(envelope)
      await react(runtime, tenantId, Compile(REACT.payload).Parse(payload))
    },
    [EXPIRE]: async () => {
      await expireOld(runtime)
      await sampleTableSizes(runtime.database, runtime.clock.now())
    },
    [SCHEDULE]: async (given) => {
      const name = typeof given === 'object' && given !== null && 'job' in given ? given.job : undefined
      const schedule = schedules.find(({ job }) => job.name === name)
      if (!schedule) throw new Error(`Nothing is scheduled as ${String(name)}`)
      for (const tenantId of await tenants()) {
        await inTenant(runtime.database, { tenantId, role: 'lyceum_system' }, (tx) =>
          enqueue(tx, schedule.job, { tenantId, payload: {} }, { key: `${schedule.job.name}:${tenantId}` })
        )
      }
    }
  }
  for (const { contract, jobs } of runtime.modules) {
    for (const handler of jobs) tasks[handler.job.name] = runJob(runtime, contract.module, handler)
  }
  return tasks
}

/** Jobs in the eyes of those who watch from outside: each is a trace, and what fails for the first or the last time is told. */
function watched(tasks: TaskList, telemetry: WorkerOptions['telemetry']): TaskList {
  if (!telemetry) return tasks
  return Object.fromEntries(
    Object.entries(tasks).map(([task, run]): [string, TaskList[string]] => [
      task,
      async (payload, helpers) => {
        const { attempts, max_attempts } = helpers.job
        const work = async () => {
          await run?.(payload, helpers)
        }
        try {
          await (telemetry.tracing?.span(`job ${task}`, { 'lyceum.task': task }, work) ?? work())
        } catch (error) {
          if (attempts <= 1 || attempts >= max_attempts) telemetry.fault(error, { task, tenantId: tenantOf(payload) })
          throw error
        }
      }
    ])
  )
}

const tenantOf = (payload: unknown): string | undefined =>
  typeof payload === 'object' && payload !== null && 'tenantId' in payload && typeof payload.tenantId === 'string'
    ? payload.tenantId
    : undefined

function runJob(runtime: Runtime, moduleName: string, { job, handle }: JobHandler): TaskList[string] {
  const schema = Compile(job.payload)
  return async (envelope, { job: { attempts, max_attempts } }) => {
    const { tenantId, payload } = readEnvelope(envelope)
    const { asking, transact } = runtime.runner(moduleName, installationEntry(tenantId))
    await handle(
      { ...asking, transact, tenantId, attempt: attempts, lastAttempt: attempts >= max_attempts },
      schema.Parse(payload)
    )
  }
}

function readEnvelope(envelope: unknown): { tenantId: string; payload: unknown } {
  if (
    typeof envelope === 'object' &&
    envelope !== null &&
    'tenantId' in envelope &&
    'payload' in envelope &&
    typeof envelope.tenantId === 'string'
  ) {
    return { tenantId: envelope.tenantId, payload: envelope.payload }
  }
  throw new Error('A job without its envelope: it was not queued by `enqueue`')
}

/** The queue's words only: its details carry payloads, and those carry secret links. */
const forwardTo = (log: Log) => (level: string, message: string) => {
  // It expects jobs to work on its connections; ours have their own.
  if (message.includes('maxPoolSize')) return
  if (level === 'error') log.error(message)
  else if (level === 'warning') log.warn(message)
  else log.debug(message)
}
