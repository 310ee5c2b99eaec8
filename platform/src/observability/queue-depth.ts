import { sql } from 'kysely'
import type pg from 'pg'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'

/** What waits outside of requests, for the whole installation. */
export interface QueueDepth {
  readonly jobs: Readonly<Record<'waiting' | 'running' | 'retrying' | 'dead', number>>
  /** How long the job that is due longest has been due, in seconds; 0 when none is. */
  readonly oldestJobSeconds: number
  readonly eventsWaiting: number
  readonly oldestEventSeconds: number
}

interface JobCounts {
  readonly waiting: number
  readonly running: number
  readonly retrying: number
  readonly dead: number
  readonly oldest: number | null
}

/** @param jobs connections of the queue's own login */
export async function readQueueDepth(jobs: pg.Pool, database: Database): Promise<QueueDepth> {
  const { rows } = await jobs.query<JobCounts>(
    `select count(*) filter (where locked_at is null and attempts = 0 and run_at <= now())::int as waiting,
            count(*) filter (where locked_at is not null)::int as running,
            count(*) filter (where locked_at is null and attempts between 1 and max_attempts - 1)::int as retrying,
            count(*) filter (where locked_at is null and attempts >= max_attempts)::int as dead,
            extract(epoch from now() - min(run_at) filter (where locked_at is null and attempts < max_attempts and run_at <= now()))::float as oldest
     from graphile_worker._private_jobs`
  )
  const events = await inInstallation(database, async (tx) => {
    const { rows: waiting } = await sql<{ count: number; oldest: number | null }>`
      select count(*)::int as count, extract(epoch from now() - min(occurred_at))::float as oldest
      from platform.outbox where relayed_at is null`.execute(tx)
    return waiting[0]
  })
  const [counts] = rows
  return {
    jobs: {
      waiting: counts?.waiting ?? 0,
      running: counts?.running ?? 0,
      retrying: counts?.retrying ?? 0,
      dead: counts?.dead ?? 0
    },
    oldestJobSeconds: Math.max(0, counts?.oldest ?? 0),
    eventsWaiting: events?.count ?? 0,
    oldestEventSeconds: Math.max(0, events?.oldest ?? 0)
  }
}
