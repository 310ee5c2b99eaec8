import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { type Database, kyselyOver } from './database.ts'
import type { Answer, Statement } from './read-batch.ts'
import type { Tx } from './transaction.ts'
import { DatabaseUnavailable, isConnectionFault } from './unavailable.ts'

const RAISE_FENCES = `select set_config('app.tenant_id', $1, true), set_config('role', $2, true), set_config('transaction_read_only', 'on', true)`

/**
 * Reaches tenant data for reading alone. Statements that are asked for together travel together, behind the two fences of
 * `inTenant` and a third against writing, as one packet and one implicit transaction; no connection is held in between.
 * Under READ COMMITTED every statement sees the newest state anyway, so nothing is lost against one long transaction.
 */
export function readInTenant<Tables, Answer>(
  database: Database,
  { tenantId, role }: { readonly tenantId: string; readonly role: string },
  work: (tx: Tx<Tables>) => Promise<Answer>
): Promise<Answer> {
  const fences = { text: RAISE_FENCES, values: [tenantId, role] }
  return work(kyselyOver<Tables>(new ReadConnection(database, fences)))
}

interface Waiting {
  readonly statement: Statement
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

class ReadConnection implements DatabaseConnection {
  readonly #database: Database
  readonly #fences: Statement
  #waiting: Waiting[] = []

  constructor(database: Database, fences: Statement) {
    this.#database = database
    this.#fences = fences
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, rowCount } = await new Promise<Answer>((resolve, reject) => {
      // The next tick comes after every promise that is already settled: what is asked for together is here by then.
      if (this.#waiting.length === 0) process.nextTick(() => this.#send())
      this.#waiting.push({ statement: { text: sql, values: parameters }, resolve, reject })
    })
    // What a statement returns is known to whoever wrote it, as everywhere in Kysely.
    return { rows: rows as Row[], ...(rowCount === null ? {} : { numAffectedRows: BigInt(rowCount) }) }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Page through large answers by key instead of streaming: a stream holds the connection.')
  }

  #send(): void {
    const waiting = this.#waiting
    this.#waiting = []
    const finish = (error: unknown, answers: readonly Answer[]) => {
      for (const [index, { resolve, reject }] of waiting.entries()) {
        const answer = answers[index + 1]
        if (error === null && answer) resolve(answer)
        else if (isWrite(error)) reject(new Error('An operation that only reads tried to write.', { cause: error }))
        else
          reject(isConnectionFault(error) ? DatabaseUnavailable() : (error ?? new Error('A statement had no answer.')))
      }
    }
    this.#database.readers.run([this.#fences, ...waiting.map(({ statement }) => statement)], finish)
  }
}

/** Elsewhere this code tells of a standby that answers after a failover; here the third fence does. */
const isWrite = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '25006'
