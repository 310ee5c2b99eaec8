import type pg from 'pg'
import { REACT, type Reaction } from '../jobs/reaction.ts'

/** A reaction that was tried often enough and waits for a person. */
export interface DeadLetter {
  /** Of the job it lies in. */
  readonly id: string
  readonly tenantId: string
  readonly eventId: string
  readonly name: string
  readonly subscriber: string
  readonly lastError: string | null
  readonly diedAt: string
}

/** As many attempts as a reaction gets when somebody has it tried again. */
const ATTEMPTS = 12

const REACTIONS = `
  from graphile_worker._private_jobs job join graphile_worker._private_tasks task on task.id = job.task_id
  where task.identifier = '${REACT.name}'`

/**
 * Puts an event away that a module could not react to, as a dead job: there it is backed up with everything else, seen by
 * the school's administrators, and tried again by the job queue whatever became of the broker. Twice is once.
 */
export async function buryEvent(
  jobs: Pick<pg.ClientBase, 'query'>,
  tenantId: string,
  reaction: Reaction,
  lastError: string
): Promise<void> {
  await jobs.query(
    `with buried as (
       select (graphile_worker.add_job($1, $2::json, max_attempts => $3)).id where not exists (
         select ${REACTIONS} and job.payload->'payload'->>'eventId' = $4 and job.payload->'payload'->>'subscriber' = $5)
     )
     select graphile_worker.permanently_fail_jobs(array[buried.id], $6) from buried`,
    [
      REACT.name,
      JSON.stringify({ tenantId, payload: reaction }),
      ATTEMPTS,
      reaction.eventId,
      reaction.subscriber,
      lastError.slice(0, 2_000)
    ]
  )
}

const DEAD = `${REACTIONS} and job.attempts >= job.max_attempts and job.locked_at is null
    and ($1::uuid is null or job.payload->>'tenantId' = $1::text)`

/** Oldest first. @param tenantId null for every school */
export async function listDeadLetters(jobs: pg.Pool, tenantId: string | null, limit = 1_000): Promise<DeadLetter[]> {
  const { rows } = await jobs.query<DeadLetter>(
    `select job.id::text as id, job.payload->>'tenantId' as "tenantId", job.payload->'payload'->>'eventId' as "eventId",
            job.payload->'payload'->>'name' as name, job.payload->'payload'->>'subscriber' as subscriber,
            job.last_error as "lastError", job.updated_at as "diedAt"
     ${DEAD} order by job.id limit $2`,
    [tenantId, limit]
  )
  return rows
}

/** Gives them a new set of attempts. @param ids undefined for all there are @returns how many */
export async function replayDeadLetters(
  jobs: pg.Pool,
  tenantId: string | null,
  ids?: readonly string[]
): Promise<number> {
  const { rows } = await jobs.query<{ id: string }>(
    `select id from graphile_worker.reschedule_jobs(
       array(select job.id ${DEAD} and ($2::bigint[] is null or job.id = any ($2))), run_at => now(), attempts => 0)`,
    [tenantId, ids ?? null]
  )
  return rows.length
}
