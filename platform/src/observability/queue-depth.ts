import { sql } from 'kysely'
import type pg from 'pg'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'
import { REACT } from '../jobs/reaction.ts'

type JobCounts = Readonly<Record<'waiting' | 'running' | 'retrying' | 'dead', number>>

/** Jobs that do the same. */
export interface TaskDepth {
  readonly task: string
  readonly jobs: JobCounts
  /** How long the job that is due longest has been due, in seconds; 0 when none is. */
  readonly oldestSeconds: number
  /** When the oldest job was made that was tried and must be tried again; null without one. */
  readonly lateSince: string | null
}

/** What waits outside of requests, for the whole installation. */
export interface QueueDepth {
  readonly jobs: JobCounts
  readonly tasks: readonly TaskDepth[]
  readonly oldestJobSeconds: number
  readonly eventsWaiting: number
  readonly oldestEventSeconds: number
  /** Reactions that were given up and wait for a person. */
  readonly eventsDead: number
}

interface Row {
  readonly task: string
  readonly waiting: number
  readonly running: number
  readonly retrying: number
  readonly dead: number
  readonly oldest: number | null
  readonly lateSince: string | null
}

/** @param jobs connections of the queue's own login */
export async function readQueueDepth(jobs: pg.Pool, database: Database): Promise<QueueDepth> {
  const { rows } = await jobs.query<Row>(
    `select task.identifier as task,
            count(*) filter (where locked_at is null and attempts = 0 and run_at <= now())::int as waiting,
            count(*) filter (where locked_at is not null)::int as running,
            count(*) filter (where locked_at is null and attempts between 1 and max_attempts - 1)::int as retrying,
            count(*) filter (where locked_at is null and attempts >= max_attempts)::int as dead,
            extract(epoch from now() - min(run_at) filter (where locked_at is null and attempts < max_attempts and run_at <= now()))::float as oldest,
            min(job.created_at) filter (where attempts between 1 and max_attempts - 1) as "lateSince"
     from graphile_worker._private_jobs job join graphile_worker._private_tasks task on task.id = job.task_id
     group by task.identifier order by task.identifier`
  )
  const events = await inInstallation(database, async (tx) => {
    const { rows: waiting } = await sql<{ count: number; oldest: number | null }>`
      select count(*)::int as count, extract(epoch from now() - min(occurred_at))::float as oldest
      from platform.outbox where relayed_at is null`.execute(tx)
    return waiting[0]
  })
  const tasks = rows.map(({ task, waiting, running, retrying, dead, oldest, lateSince }) => ({
    task,
    jobs: { waiting, running, retrying, dead },
    oldestSeconds: Math.max(0, oldest ?? 0),
    lateSince
  }))
  const sum = (state: keyof JobCounts) => tasks.reduce((total, { jobs: counts }) => total + counts[state], 0)
  return {
    jobs: { waiting: sum('waiting'), running: sum('running'), retrying: sum('retrying'), dead: sum('dead') },
    tasks,
    oldestJobSeconds: Math.max(0, ...tasks.map(({ oldestSeconds }) => oldestSeconds)),
    eventsWaiting: events?.count ?? 0,
    oldestEventSeconds: Math.max(0, events?.oldest ?? 0),
    eventsDead: tasks.find(({ task }) => task === REACT.name)?.jobs.dead ?? 0
  }
}
