import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { defineError } from '../errors.ts'
import type { Context } from './module.ts'

const KeyReused = defineError(
  'request.idempotency-key-reused',
  'invalid',
  () => 'That Idempotency-Key was used for a different request. Use a new key for every new thing you create.'
)

interface Attempt {
  readonly key: string
  readonly operation: string
  readonly input: unknown
}

interface Stored {
  readonly fingerprint: string
  readonly answer: unknown
}

/**
 * Runs `work` once per key and caller. The key's row and the work commit together; a second request of the same key
 * waits for the first on the row's lock and then gets its answer (draft-ietf-httpapi-idempotency-key-header).
 */
export async function answerOnce<Tables, Answer>(
  context: Context<Tables>,
  { key, operation, input }: Attempt,
  work: (context: Context<Tables>) => Promise<Answer>
): Promise<Answer> {
  const fingerprint = createHash('sha256').update(operation).update(JSON.stringify(input)).digest('hex')
  const { rows: fresh } = await sql`
    insert into platform.idempotency (caller_id, key, fingerprint, created_at) values (${context.userId}, ${key}, ${fingerprint}, ${context.now})
    on conflict do nothing returning 1`.execute(context.tx)
  if (fresh.length === 0) {
    const { rows } = await sql<Stored>`
      select fingerprint, answer from platform.idempotency where caller_id = ${context.userId} and key = ${key}`.execute(
      context.tx
    )
    const stored = rows[0]
    if (stored?.fingerprint !== fingerprint) throw KeyReused()
    // What was stored is what this very operation answered before.
    return stored.answer as Answer
  }
  const answer = await work(context)
  await sql`update platform.idempotency set answer = ${JSON.stringify(answer)} where caller_id = ${context.userId} and key = ${key}`.execute(
    context.tx
  )
  return answer
}
