import { sql } from 'kysely'
import type pg from 'pg'
import { cutPage, readCursor } from '../db/page.ts'
import { defineError } from '../errors.ts'
import { type Context, defineModule, inSteps, type Module, type Steps } from '../module/module.ts'
import {
  type EventRecord,
  type HealthCheck,
  type Job,
  type Overview,
  type ReleasePin,
  systemContract
} from './contract.ts'
import { getStatus, getStatusHistory } from './get-status.ts'
import type { StatusHistoryKeeper } from './keep-status-history.ts'
import type { StatusFacts } from './status.ts'

export interface SystemServices {
  readonly statusFacts: () => Promise<StatusFacts>
  readonly statusHistory: Pick<StatusHistoryKeeper, 'read'>
  /** Connections of the job queue's own login. */
  readonly jobs: () => pg.Pool
  readonly health: () => Promise<HealthCheck[]>
  readonly activePeople: (tenantId: string) => Promise<number>
  readonly release: string
  readonly environment: string
  readonly startedAt: Date
}

const JobNotFound = defineError(
  'system.job-not-found',
  'not-found',
  () => 'That job is no longer in the queue: it was done or discarded.'
)
const JobNotDead = defineError(
  'system.job-not-dead',
  'conflict',
  () => 'That job is still being tried. Only dead jobs can be retried or discarded by hand.'
)

type SystemContext = Context<unknown>
type SystemSteps = Steps<unknown>

/** Health, jobs and events of one school, for its administrators. */
export const systemModule = (services: SystemServices): Module =>
  defineModule<typeof systemContract, unknown>({
    contract: systemContract,
    operations: {
      getOverview: getOverview(services),
      getStatus: getStatus(services),
      getStatusHistory: getStatusHistory(services),
      listJobs: listJobs(services),
      retryJob: changeJob(services, (pool, id) =>
        pool.query(`select from graphile_worker.reschedule_jobs(array[$1::bigint], run_at => now(), attempts => 0)`, [
          id
        ])
      ),
      discardJob: changeJob(services, (pool, id) =>
        pool.query(`select from graphile_worker.complete_jobs(array[$1::bigint])`, [id])
      ),
      pinBrowser: pinBrowser(services),
      unpinBrowser,
      listEvents
    }
  })

/** The state of a job in the words of the screens; a job that used up its attempts is dead and waits for a person. */
const JOB_STATE = `case when job.locked_at is not null then 'running' when job.attempts >= job.max_attempts then 'dead' when job.attempts > 0 then 'retrying' else 'waiting' end`
const JOBS_OF_TENANT = `from graphile_worker._private_jobs job join graphile_worker._private_tasks task on task.id = job.task_id where job.payload->>'tenantId' = $1`

interface Counts {
  readonly waiting: number
  readonly running: number
  readonly retrying: number
  readonly dead: number
  readonly oldest: number | null
}

const getOverview = ({ jobs, health, activePeople, release, environment, startedAt }: SystemServices) =>
  inSteps(async ({ tenantId, now, transact }: SystemSteps, _: object): Promise<Overview> => {
    const checks = await health()
    const { rows } = await jobs().query<Counts>(
      `select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'running')::int as running,
              count(*) filter (where state = 'retrying')::int as retrying, count(*) filter (where state = 'dead')::int as dead,
              extract(epoch from $2::timestamptz - min(run_at) filter (where state in ('waiting', 'retrying') and run_at <= $2))::int as oldest
       from (select ${JOB_STATE} as state, job.run_at ${JOBS_OF_TENANT}) counted`,
      [tenantId, now]
    )
    const [counts] = rows
    const events = await transact(async ({ tx }: SystemContext) => {
      const { rows: unrelayed } = await sql<{ count: number; oldest: number | null }>`
        select count(*)::int as count, extract(epoch from ${now}::timestamptz - min(occurred_at))::int as oldest
        from platform.outbox where relayed_at is null`.execute(tx)
      return unrelayed[0]
    })
    const dead = counts?.dead ?? 0
    const deadJobs: HealthCheck = {
      name: 'jobs',
      ok: dead === 0,
      message: dead === 0 ? 'no dead jobs' : `${dead} dead: read their errors under Jobs, then retry or discard them`
    }
    const all = [...checks, deadJobs]
    return {
      healthy: all.every(({ ok }) => ok),
      checks: all,
      release,
      environment,
      startedAt: startedAt.toISOString(),
      activePeople: await activePeople(tenantId),
      jobs: {
        waiting: counts?.waiting ?? 0,
        running: counts?.running ?? 0,
        retrying: counts?.retrying ?? 0,
        dead,
        oldestSeconds: Math.max(0, counts?.oldest ?? 0)
      },
      events: { unrelayed: events?.count ?? 0, oldestSeconds: Math.max(0, events?.oldest ?? 0) }
    }
  })

interface JobRow extends Omit<Job, 'attempts' | 'maxAttempts'> {
  readonly attempts: number
  readonly maxAttempts: number
  readonly rank: number
}

const listJobs = ({ jobs }: SystemServices) =>
  inSteps(
    async (
      { tenantId }: SystemSteps,
      { cursor, limit = 50, state }: { cursor?: string; limit?: number; state?: Job['state'] }
    ) => {
      const [rank, id] = readCursor(cursor, 2) ?? ['-1', '0']
      const { rows } = await jobs().query<JobRow>(
        `select * from (
         select job.id::text as id, job.id as sort, task.identifier as task, ${JOB_STATE} as state, job.attempts::int as attempts, job.max_attempts::int as "maxAttempts",
                job.run_at as "runAt", job.last_error as "lastError", job.created_at as "createdAt",
                case when task.identifier = 'platform.react'
                     then json_build_object('name', job.payload->'payload'->>'name', 'subscriber', job.payload->'payload'->>'subscriber') end as event,
                case when job.attempts >= job.max_attempts then 0 when job.attempts > 0 then 1 else 2 end as rank
         ${JOBS_OF_TENANT}) listed
       where ($2::text is null or state = $2) and (rank, sort) > ($3::int, $4::bigint)
       order by rank, sort limit $5`,
        [tenantId, state ?? null, rank, id, limit + 1]
      )
      const { entries, nextCursor } = cutPage(rows, limit, (row) => [String(row.rank), row.id])
      return { entries: entries.map(({ rank: _, ...job }) => job), nextCursor }
    }
  )

const changeJob = ({ jobs }: SystemServices, change: (pool: pg.Pool, id: string) => Promise<unknown>) =>
  inSteps(async ({ tenantId }: SystemSteps, { jobId }: { jobId: string }): Promise<{ done: true }> => {
    const { rows } = await jobs().query<{ state: Job['state'] }>(
      `select ${JOB_STATE} as state ${JOBS_OF_TENANT} and job.id = $2`,
      [tenantId, jobId]
    )
    if (!rows[0]) throw JobNotFound()
    if (rows[0].state !== 'dead') throw JobNotDead()
    await change(jobs(), jobId)
    return { done: true }
  })

const BY_OPERATOR = 'operator'

const pinBrowser =
  ({ release }: SystemServices) =>
  async (context: SystemContext, { minutes }: { minutes: number }): Promise<ReleasePin> => {
    const until = new Date(context.now.getTime() + minutes * 60_000)
    await context.pinBrowser(BY_OPERATOR, until)
    return { release, until: until.toISOString() }
  }

async function unpinBrowser(context: SystemContext): Promise<{ done: true }> {
  await context.unpinBrowser(BY_OPERATOR)
  return { done: true }
}

async function listEvents({ tx }: SystemContext, { cursor, limit = 50 }: { cursor?: string; limit?: number }) {
  const [before] = readCursor(cursor, 1) ?? [null]
  const { rows } = await sql<EventRecord>`
    select event.id, event.name, event.occurred_at as "occurredAt", event.relayed_at as "relayedAt",
           coalesce((select json_agg(json_build_object('subscriber', handled.subscriber, 'handledAt', handled.handled_at) order by handled.handled_at)
                     from platform.inbox handled where handled.event_id = event.id), '[]') as deliveries
    from platform.outbox event
    where ${before}::uuid is null or event.id < ${before}::uuid
    order by event.id desc limit ${limit + 1}`.execute(tx)
  return cutPage(rows, limit, ({ id }) => [id])
}
