import { setTimeout as sleep } from 'node:timers/promises'
import type { EventType } from '@lyceum/platform/contract'
import type { Context, JobType } from '@lyceum/platform/module'
import { installationEntry } from '@lyceum/platform/runtime'
import type { TestSchool, TestServer } from '@lyceum/server/testing'
import type { Static } from 'typebox'

export interface EventfulSchool extends TestSchool {
  /** Lets something happen in another module, and everything that follows from it. */
  happen<E extends EventType>(event: E, payload: Static<E['payload']>): Promise<void>
  /** Queues a job without doing it. */
  enqueue<J extends JobType>(job: J, payload: Static<J['payload']>): Promise<void>
}

export async function newEventfulSchool(server: TestServer): Promise<EventfulSchool> {
  const school = await server.newSchool()
  const act = (work: (context: Context<unknown>) => Promise<void>) =>
    server.runtime.runner('user', installationEntry(school.id)).transact(work)
  return {
    ...school,
    happen: async (event, payload) => {
      await act((context) => context.publish(event, payload))
      await server.worker.drain()
    },
    enqueue: (job, payload) => act((context) => context.enqueue(job, payload))
  }
}

/** Runs every job as if the waiting time between two attempts were over. */
export async function drainNextAttempts(server: TestServer): Promise<void> {
  await jobsPutDown(server)
  await server.owner.query('update graphile_worker._private_jobs set run_at = now()')
  await server.worker.drain()
}

/** How many jobs will be tried again. */
export async function countWaitingJobs(server: TestServer): Promise<number | undefined> {
  await jobsPutDown(server)
  const { rows } = await server.owner.query<{ count: number }>(
    'select count(*)::int as count from graphile_worker._private_jobs where attempts < max_attempts'
  )
  return rows[0]?.count
}

/** The queue writes down how a job ended a moment after it says that it has. */
async function jobsPutDown({ owner }: TestServer): Promise<void> {
  for (;;) {
    const { rowCount } = await owner.query('select from graphile_worker._private_jobs where locked_at is not null')
    if (rowCount === 0) return
    await sleep(5)
  }
}
