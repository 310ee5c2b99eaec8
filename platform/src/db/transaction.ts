import type { Kysely } from 'kysely'
import type pg from 'pg'
import { LyceumError } from '../errors.ts'
import { type Database, kyselyOn } from './database.ts'
import { EVERYTHING, parsePosition } from './log-position.ts'
import { statementName } from './statement-name.ts'
import type { Trail } from './trail.ts'
import { DatabaseUnavailable, isConnectionFault, isReadOnlyServer, OutcomeUnknown } from './unavailable.ts'

/** The only handle a use case has on the database: its module's tables, its tenant's rows, one transaction. */
export type Tx<Tables> = Kysely<Tables>

/** A refusal that must be remembered (a failed sign-in is counted): the transaction commits, then the caller hears it. */
export class KeptRefusal extends LyceumError {}

export const keep = (error: LyceumError): KeptRefusal =>
  new KeptRefusal(error.code, error.kind, error.message, error.detail)

/**
 * Runs `work` in one transaction behind `fences`. BEGIN, the fences and the first query travel in one packet.
 * @param trail is told how far the primary had come when the transaction was over, where there are replicas
 */
export async function inTransaction<Tables, Answer>(
  database: Database,
  fences: (client: pg.PoolClient) => Promise<unknown>,
  work: (tx: Tx<Tables>) => Promise<Answer>,
  trail?: Trail
): Promise<Answer> {
  const told = database.replicas ? trail : undefined
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
    await commit(client, told)
    if (answer instanceof KeptRefusal) throw answer
    return answer
  } catch (error) {
    if (error instanceof KeptRefusal) throw error
    // What somebody was told (that another person was faster, say) they must find when they look.
    await Promise.all([client.query('rollback'), tellPosition(client, told)]).catch((fault: Error) => {
      broken = fault
    })
    if (isConnectionFault(error)) {
      broken = error instanceof Error ? error : new Error(String(error))
      if (isReadOnlyServer(error)) database.leave()
      throw committing ? OutcomeUnknown() : DatabaseUnavailable()
    }
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken ?? database.isOld(client))
  }
}

/** COMMIT after a failed statement that nobody reported answers ROLLBACK: what was promised would be gone. */
async function commit(client: pg.PoolClient, trail: Trail | undefined): Promise<void> {
  const [{ command }] = await Promise.all([client.query('commit'), tellPosition(client, trail)])
  if (command !== 'COMMIT')
    throw new Error('The transaction had failed before its end: an error of a statement was swallowed.')
}

/** Asked in the packet of COMMIT and answered after it: everything that was committed lies before. */
async function tellPosition(client: pg.PoolClient, trail: Trail | undefined): Promise<void> {
  if (!trail) return
  const found = await client
    .query<{ position: string }>('select pg_current_wal_insert_lsn()::text as position')
    .catch(() => undefined)
  trail.wrote(parsePosition(found?.rows[0]?.position ?? '') ?? EVERYTHING)
}

/** Sends what fences a transaction without waiting for its answer. */
export const raise = (client: pg.PoolClient, prepare: boolean, text: string, values: string[]) =>
  client.query({ text, values, ...(prepare ? { name: statementName(text) } : {}) })
