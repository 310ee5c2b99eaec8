import { EventEmitter } from 'node:events'
import type { WorkerEvents } from 'graphile-worker'
import pg from 'pg'
import { mustTakeWrites } from '../db/connections.ts'
import { isRefusedPassword, type Login } from '../db/login.ts'
import { openPrimary } from '../db/primary.ts'
import type { Log } from '../observability/log.ts'

const LOOK_EVERY_MS = 3_000
/** First half of the advisory lock; the other half is a hash of the pool's name. */
const LOCK_SPACE = 1_819_632_496

export interface WorkerPresence {
  /** For the queue's `events`: says under which name it takes jobs. */
  readonly events: WorkerEvents
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Gives the jobs of workers that were killed back to the queue. A pool of workers shows that it lives by a lock that
 * ends with its connection; jobs of a pool that nobody holds a lock for, twice in a row, are free again. Without this
 * the queue waits four hours, because it cannot tell a dead worker from a long job. A worker that merely lost its
 * connection may so have a job run twice, which every job has to bear anyway.
 */
export function createWorkerPresence(login: Login | string, log: Log): WorkerPresence {
  const events: WorkerEvents = new EventEmitter()
  let pool: string | undefined
  const primary = openPrimary(login)
  let client: pg.Client | undefined
  let shownOn: pg.Client | undefined
  let suspects: readonly string[] = []
  let looking: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  events.on('pool:create', ({ workerPool }) => {
    const before = pool
    pool = workerPool.id
    inTurn(async () => {
      const own = await connection()
      if (before !== undefined && shownOn === own)
        await own.query('select pg_advisory_unlock($1, hashtext($2))', [LOCK_SPACE, before])
      shownOn = undefined
      await show(own)
    })
  })

  const connection = async (): Promise<pg.Client> => {
    if (client) return client
    const { url } = primary
    const next = new pg.Client({
      connectionString: url,
      application_name: 'lyceum worker presence',
      keepAlive: true,
      connectionTimeoutMillis: 5_000
    })
    const gone = () => {
      if (client === next) client = undefined
    }
    next.on('error', gone)
    next.on('end', gone)
    try {
      await next.connect()
      await mustTakeWrites(next)
    } catch (error) {
      await next.end().catch(() => undefined)
      if (isRefusedPassword(error)) await primary.refused(url)
      throw error
    }
    client = next
    return next
  }

  primary.onMove(() => {
    const last = client
    client = undefined
    void last?.end().catch(() => undefined)
  })

  const show = async (own: pg.Client): Promise<void> => {
    if (pool === undefined || shownOn === own) return
    await own.query('select pg_try_advisory_lock($1, hashtext($2))', [LOCK_SPACE, pool])
    shownOn = own
  }

  const look = async (): Promise<void> => {
    const own = await connection()
    await show(own)
    const { rows } = await own.query<{ pool: string }>(ABSENT, [LOCK_SPACE])
    const absent = rows.map((row) => row.pool)
    const dead = absent.filter((name) => suspects.includes(name))
    suspects = absent
    if (dead.length === 0) return
    await own.query('select graphile_worker.force_unlock_workers($1)', [dead])
    log.warn({ workers: dead }, 'gave the jobs of workers that ended in the middle back to the queue')
  }

  const inTurn = (work: () => Promise<void>): void => {
    looking = looking
      .then(work)
      .catch((error: unknown) => log.warn({ err: error }, 'cannot see which workers live; looking again'))
  }

  return {
    events,
    start: async () => {
      inTurn(look)
      timer = setInterval(() => inTurn(look), LOOK_EVERY_MS)
      await looking
    },
    stop: async () => {
      clearInterval(timer)
      await looking
      primary.close()
      await client?.end().catch(() => undefined)
    }
  }
}

const ABSENT = `
  select distinct job.locked_by as pool from graphile_worker._private_jobs job
  where job.locked_by is not null and not exists (
    select from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
      and classid = $1::oid and objid::bigint = (hashtext(job.locked_by)::bigint & 4294967295) and objsubid = 2
  )`
