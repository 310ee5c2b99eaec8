import type pg from 'pg'
import { buryEvent } from '../../events/dead-letters.ts'
import { REACT } from '../../jobs/reaction.ts'

/** A reaction that makes something leave the house, such as mail: done twice, it is there twice. */
export interface Leaving {
  readonly event: string
  readonly subscriber: string
}

export interface SettledWork {
  /** Jobs that were being done at that moment, and wait now. */
  readonly returnedJobs: number
  /** Reactions that wait for a person, because what they do may have been done since (`lyceum events dead`). */
  readonly heldReactions: number
  /** Events that are handed to the broker again: what it had is not in a backup. */
  readonly handedOverAgain: number
}

const WHY =
  'This was waiting at the moment that was restored, and may have been done since. Find out, then have it done: lyceum events replay'
/** Longer than a broker tries an event again and again. */
const WITH_BROKER = '8 hours'

/**
 * Settles the work that a restored database remembers. What only changes the database is done again: what it did went back as well. What
 * leaves the house is held, because nobody knows whether it left between that moment and the loss, and mail cannot be called back.
 *
 * @param connection as the owner of everything, while nothing runs
 * @param broker whether events were handed to one, whose queues may be lost
 */
export async function settleWork(
  connection: pg.ClientBase,
  { leaving, broker }: { readonly leaving: readonly Leaving[]; readonly broker: boolean }
): Promise<SettledWork> {
  await connection.query('begin')
  const returnedJobs = await returnJobs(connection)
  let [heldReactions, handedOverAgain] = [0, 0]
  for (const one of leaving) {
    heldReactions += await holdJobs(connection, one)
    heldReactions += await holdEvents(connection, one, broker)
  }
  if (broker) handedOverAgain = await handOverAgain(connection, leaving)
  await connection.query('commit')
  return { returnedJobs, heldReactions, handedOverAgain }
}

async function returnJobs(connection: pg.ClientBase): Promise<number> {
  const { rows } = await connection.query<{ jobs: number; workers: string[] }>(
    `select count(*)::int as jobs, coalesce(array_agg(distinct locked_by), '{}') as workers
     from graphile_worker._private_jobs where locked_by is not null`
  )
  const [held] = rows
  if (held === undefined || held.jobs === 0) return 0
  await connection.query('select graphile_worker.force_unlock_workers($1)', [held.workers])
  return held.jobs
}

async function holdJobs(connection: pg.ClientBase, { event, subscriber }: Leaving): Promise<number> {
  const { rows } = await connection.query(
    `select id from graphile_worker.permanently_fail_jobs(array(
       select job.id from graphile_worker._private_jobs job join graphile_worker._private_tasks task on task.id = job.task_id
       where task.identifier = $1 and job.attempts < job.max_attempts
         and job.payload->'payload'->>'name' = $2 and job.payload->'payload'->>'subscriber' = $3
     ), $4)`,
    [REACT.name, event, subscriber, WHY]
  )
  return rows.length
}

/** Events that nobody had been told of; with a broker also those that lay in it. */
async function holdEvents(connection: pg.ClientBase, { event, subscriber }: Leaving, broker: boolean): Promise<number> {
  const { rows } = await connection.query<{ id: string; tenant_id: string; payload: unknown }>(
    `select id, tenant_id, payload from platform.outbox event
     where name = $1 and (relayed_at is null or ($3 and relayed_at > (select max(relayed_at) from platform.outbox) - interval '${WITH_BROKER}'))
       and not exists (select from platform.inbox where event_id = event.id and subscriber = $2)
       and not exists (select from graphile_worker._private_jobs job
         where job.payload->'payload'->>'eventId' = event.id::text and job.payload->'payload'->>'subscriber' = $2)
     order by id`,
    [event, subscriber, broker]
  )
  for (const { id, tenant_id, payload } of rows)
    await buryEvent(connection, tenant_id, { eventId: id, name: event, subscriber, payload }, WHY)
  await connection.query(
    'update platform.outbox set relayed_at = occurred_at where id = any ($1::uuid[]) and relayed_at is null',
    [rows.map(({ id }) => id)]
  )
  return rows.length
}

/** Whoever has heard of one already notices, and does nothing. */
async function handOverAgain(connection: pg.ClientBase, leaving: readonly Leaving[]): Promise<number> {
  const { rowCount } = await connection.query(
    `update platform.outbox set relayed_at = null
     where relayed_at > (select max(relayed_at) from platform.outbox) - interval '${WITH_BROKER}' and not (name = any ($1::text[]))`,
    [leaving.map(({ event }) => event)]
  )
  return rowCount ?? 0
}
