import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { type Database, kyselyOver } from './database.ts'
import type { LogPosition } from './log-position.ts'
import type { Answer, Statement } from './read-batch.ts'
import type { Replica } from './replicas.ts'
import type { TenantFences } from './tenant-transaction.ts'
import type { Tx } from './transaction.ts'
import { DatabaseUnavailable, isConnectionFault, isReadOnlyServer } from './unavailable.ts'

const RAISE_FENCES = `select set_config('app.tenant_id', $1, true), set_config('role', $2, true), set_config('transaction_read_only', 'on', true)`

/**
 * Reaches tenant data for reading alone. Statements that are asked for together travel together, behind the two fences of
 * `inTenant` and a third against writing, as one packet and one implicit transaction; no connection is held in between.
 * Under READ COMMITTED every statement sees the newest state anyway, so nothing is lost against one long transaction.
 *
 * A replica answers instead of the primary when the trail allows it. Once the primary had to step in it stays for the rest
 * of the work: nothing is read that is older than what was read before it.
 */
export function readInTenant<Tables, Answer>(
  database: Database,
  { tenantId, role, trail }: TenantFences,
  work: (tx: Tx<Tables>) => Promise<Answer>
): Promise<Answer> {
  const fences = { text: RAISE_FENCES, values: [tenantId, role] }
  return work(kyselyOver<Tables>(new ReadConnection(database, fences, trail?.seen)))
}

interface Waiting {
  readonly statement: Statement
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

class ReadConnection implements DatabaseConnection {
  readonly #database: Database
  readonly #fences: Statement
  readonly #seen: LogPosition
  #replica: Replica | undefined
  #waiting: Waiting[] = []

  constructor(database: Database, fences: Statement, seen: LogPosition | undefined) {
    this.#database = database
    this.#fences = fences
    this.#seen = seen ?? 0
    this.#replica = seen === undefined ? undefined : database.replicas?.choose(seen)
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
        // Elsewhere this code tells of a standby that answers after a failover; here the third fence does.
        else if (isReadOnlyServer(error))
          reject(new Error('An operation that only reads tried to write.', { cause: error }))
        else
          reject(isConnectionFault(error) ? DatabaseUnavailable() : (error ?? new Error('A statement had no answer.')))
      }
    }
    const statements = [this.#fences, ...waiting.map(({ statement }) => statement)]
    const askPrimary = () => this.#database.readers.run(statements, finish)
    const replica = this.#replica
    if (!replica) askPrimary()
    else
      replica.run(this.#seen, statements, (error, answers) => {
        if (error === null) return finish(null, answers)
        this.#replica = undefined
        askPrimary()
      })
  }
}
