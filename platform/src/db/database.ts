import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult
} from 'kysely'
import pg from 'pg'
import { type Connections, openConnections } from './connections.ts'
import type { Login } from './login.ts'
import { Readers } from './readers.ts'
import { openReplicas, type ReplicaOptions, type Replicas } from './replicas.ts'
import { statementName } from './statement-name.ts'

// Instants leave the database as the contracts promise them (sessions run in UTC); bigint counters (int8) fit a double far beyond any count we keep.
pg.types.setTypeParser(pg.types.builtins.INT8, (value) => Number(value))
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, isoOf)

/** '2026-02-03 04:05:06.789+00' → '2026-02-03T04:05:06.789Z', by cutting where the text is as our sessions write it. */
function isoOf(text: string): string {
  if (text.length < 22 || text.length > 29 || text[10] !== ' ' || !text.endsWith('+00'))
    return new Date(text).toISOString()
  const fraction = text.length === 22 ? '000' : text.slice(20, Math.min(23, text.length - 3)).padEnd(3, '0')
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`
}

export interface DatabaseOptions {
  readonly url: Login | string
  /** Most connections this process may hold. */
  readonly max: number
  readonly applicationName: string
  /** Off behind PgBouncer before 1.21 in transaction mode, which cannot follow named statements. */
  readonly prepare: boolean
  /** Milliseconds without any answer after which a connection counts as lost; longer than the server allows a statement. */
  readonly patienceMs?: number
  /** Servers that follow the primary and may answer reads. */
  readonly replicas?: ReplicaOptions | undefined
}

/** The pool of one process. Nothing above `db/` sees it: tenant data is reached through `inTenant` only. */
export interface Database extends Connections {
  readonly readers: Readers
  readonly replicas: Replicas | undefined
  readonly prepare: boolean
}

export function openDatabase(options: DatabaseOptions): Database {
  const { url, prepare, replicas: places } = options
  const connections = openConnections(url, poolOptions(options))
  const replicas =
    places && places.urls.length > 0
      ? openReplicas({ ...places, pool: poolOptions(options), prepare, primary: connections.pool })
      : undefined
  return {
    ...connections,
    readers: new Readers(connections, prepare),
    replicas,
    prepare,
    close: async () => {
      await replicas?.close()
      await connections.close()
    }
  }
}

const poolOptions = ({ max, applicationName, patienceMs = 35_000 }: DatabaseOptions): pg.PoolConfig => ({
  max,
  application_name: applicationName,
  options: '-c timezone=UTC',
  // Lets BEGIN, the fences and the first query leave in one packet: see tenant-transaction.ts.
  pipeline: true,
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 30_000,
  statement_timeout: 30_000,
  // A network that swallows packets says nothing: without this a request would wait for TCP to give up, a quarter of an hour.
  query_timeout: patienceMs,
  idle_in_transaction_session_timeout: 60_000,
  keepAlive: true
})

/** A Kysely that speaks over one connection somebody else has opened, and cannot open another. */
export const kyselyOn = <Tables>(client: pg.PoolClient, prepare: boolean): Kysely<Tables> =>
  kyselyOver(new ClientConnection(client, prepare))

/** A Kysely over the given connection alone. */
export function kyselyOver<Tables>(connection: DatabaseConnection): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createDriver: () => ({
        init: async () => undefined,
        acquireConnection: async () => connection,
        beginTransaction: refuseNesting,
        commitTransaction: refuseNesting,
        rollbackTransaction: refuseNesting,
        releaseConnection: async () => undefined,
        destroy: async () => undefined
      })
    }
  })
}

const refuseNesting = async (): Promise<never> => {
  throw new Error('A use case already runs in a transaction: use the `tx` of its context.')
}

class ClientConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient
  readonly #prepare: boolean
  constructor(client: pg.PoolClient, prepare: boolean) {
    this.#client = client
    this.#prepare = prepare
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await this.#client.query<Row & pg.QueryResultRow>({
      text: sql,
      values: [...parameters],
      ...(this.#prepare ? { name: statementName(sql) } : {})
    })
    return { rows: result.rows, ...(result.rowCount === null ? {} : { numAffectedRows: BigInt(result.rowCount) }) }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Page through large answers by key instead of streaming: a stream holds the transaction open.')
  }
}
