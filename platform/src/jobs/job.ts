import { sql } from 'kysely'
import type { Tx } from '../db/transaction.ts'
import type { EnqueueOptions, JobType } from '../module/module.ts'

/** Around every payload: whose job it is, and which releases can do it. */
export interface JobEnvelope {
  readonly tenantId: string
  readonly payload: unknown
}

/** Attempts before a job counts as dead: with graphile-worker's exponential backoff about three and a half hours. */
const MAX_ATTEMPTS = 12

/** Queues a job in the transaction of whoever wants it done: no commit, no job. */
export async function enqueue<Tables>(
  tx: Tx<Tables>,
  job: JobType,
  envelope: JobEnvelope,
  options: EnqueueOptions = {}
): Promise<void> {
  await sql`
    select platform.enqueue(${job.name}, ${JSON.stringify(envelope)}, ${options.runAt ?? null}, ${options.maxAttempts ?? MAX_ATTEMPTS}, ${options.key ?? null})
  `.execute(tx)
}
