import type { Kysely } from 'kysely'
import type pg from 'pg'
import { LyceumError } from '../errors.ts'
import { type Database, kyselyOn } from './database.ts'
import { statementName } from './statement-name.ts'
import { DatabaseUnavailable, isConnectionFault, OutcomeUnknown } from './unavailable.ts'

/** The only handle a use case has on the database: its module's tables, its tenant's rows, one transaction. */
export type Tx<Tables> = Kysely<Tables>

/** A refusal that must be remembered (a failed sign-in is counted): the transaction commits, then the caller hears it. */
export class KeptRefusal extends LyceumError {}

export const keep = (error: LyceumError): KeptRefusal =>
  new KeptRefusal(error.code, error.kind, error.message, error.detail)

/**
 * Runs `work` in one transaction behind `fences`. BEGIN, the fences and the first query travel in one packet.
 */
export async function inTransaction<Tables, Answer>(
  database: Database,
  fences: (client: pg.PoolClient) => Promise<unknown>,
  work: (tx: Tx<Tables>) => Promise<Answer>
): Promise<Answer> {
  const client = await database.pool.connect().catch((error: unknown) => {
    throw isConnectionFault(error) ? DatabaseUnavailable() : error
  })
  let broken: Error | undefined
  let committing = false
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    // Not awaited one by one: pg sends them together with the first query of `work`. If the fences fail, the transaction
    // is aborted and every later query of it fails too, so nothing ever runs without them.
    const begun = Promise.all([client.query('begin'), fences(client)])
    const worked = work(kyselyOn<Tables>(client, database.prepare))
    worked.catch(() => undefined)
    await begun
    const answer = await worked.catch((error: unknown) => {
      if (error instanceof KeptRefusal) return error
      throw error
    })
    committing = true
    await commit(client)
    if (answer instanceof KeptRefusal) throw answer
    return answer
  } catch (error) {
    if (error instanceof KeptRefusal) throw error
    await client.query('rollback').catch((fault: Error) => {
      broken = fault
    })
    if (isConnectionFault(error)) {
      broken = error instanceof Error ? error : new Error(String(error))
      throw committing ? OutcomeUnknown() : DatabaseUnavailable()
    }
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/** COMMIT after a failed statement that nobody reported answers ROLLBACK: what was promised would be gone. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit')
  if (command !== 'COMMIT')
    throw new Error('The transaction had failed before its end: an error of a statement was swallowed.')
}

/** Sends what fences a transaction without waiting for its answer. */
export const raise = (client: pg.PoolClient, prepare: boolean, text: string, values: string[]) =>
  client.query({ text, values, ...(prepare ? { name: statementName(text) } : {}) })
