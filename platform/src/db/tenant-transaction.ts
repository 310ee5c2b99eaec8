import type { Kysely } from 'kysely'
import type pg from 'pg'
import { LyceumError } from '../errors.ts'
import { type Database, DatabaseUnavailable, isConnectionFault, kyselyOn, statementName } from './database.ts'

/** The only handle a use case has on the database: its module's tables, its tenant's rows, one transaction. */
export type Tx<Tables> = Kysely<Tables>

/** A refusal that must be remembered (a failed sign-in is counted): the transaction commits, then the caller hears it. */
export class KeptRefusal extends LyceumError {}

export const keep = (error: LyceumError): KeptRefusal =>
  new KeptRefusal(error.code, error.kind, error.message, error.detail)

const RAISE_FENCES = `select set_config('app.tenant_id', $1, true), set_config('role', $2, true)`

/**
 * The only way to reach tenant data. Both fences last as long as the transaction: rows by tenant (row-level security),
 * tables by module (the role's grants). BEGIN, the fences and the first query travel in one packet, so that a single
 * SELECT costs one round trip and the commit another.
 */
export function inTenant<Tables, Answer>(
  database: Database,
  { tenantId, role }: { readonly tenantId: string; readonly role: string },
  work: (tx: Tx<Tables>) => Promise<Answer>
): Promise<Answer> {
  return inTransaction(database, (client) => raise(client, database.prepare, RAISE_FENCES, [tenantId, role]), work)
}

/**
 * For work that belongs to no tenant: resolving host names, relaying events, expiring what is old. It runs as
 * `lyceum_installation`, which the policies let see a few named tables whole and nothing else.
 */
export function inInstallation<Tables, Answer>(
  database: Database,
  work: (tx: Tx<Tables>) => Promise<Answer>
): Promise<Answer> {
  return inTransaction(
    database,
    (client) => raise(client, database.prepare, `select set_config('role', $1, true)`, ['lyceum_installation']),
    work
  )
}

async function inTransaction<Tables, Answer>(
  database: Database,
  fences: (client: pg.PoolClient) => Promise<unknown>,
  work: (tx: Tx<Tables>) => Promise<Answer>
): Promise<Answer> {
  const client = await database.pool.connect().catch((error: unknown) => {
    throw isConnectionFault(error) ? DatabaseUnavailable() : error
  })
  let broken: Error | undefined
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
    const answer = await worked
    await client.query('commit')
    return answer
  } catch (error) {
    if (error instanceof KeptRefusal) {
      await client.query('commit')
      throw error
    }
    await client.query('rollback').catch((fault: Error) => {
      broken = fault
    })
    if (isConnectionFault(error)) {
      broken = error instanceof Error ? error : new Error(String(error))
      throw DatabaseUnavailable()
    }
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

const raise = (client: pg.PoolClient, prepare: boolean, text: string, values: string[]) =>
  client.query({ text, values, ...(prepare ? { name: statementName(text) } : {}) })
