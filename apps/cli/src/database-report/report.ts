/** How a table is used and how large it is. */
export interface TableUse {
  readonly name: string
  readonly rows: number
  readonly bytes: number
  readonly indexBytes: number
  /** Reads of the whole table, and rows they passed. */
  readonly wholeReads: number
  readonly wholeRows: number
  readonly deadRows: number
  /** Bytes that a table of these rows would not need; an estimate from the widths that `analyze` found. */
  readonly bloatBytes: number
}

export interface IndexUse {
  readonly name: string
  readonly table: string
  readonly bytes: number
  readonly scans: number
  /** Keeps something unique: needed also where nobody reads it. */
  readonly unique: boolean
  /** Columns in order, for finding those that begin like another. */
  readonly columns: readonly string[]
  readonly valid: boolean
  /** Holds some rows only, or what is computed of them. */
  readonly special: boolean
}

export interface SlowQuery {
  readonly query: string
  readonly calls: number
  readonly meanMs: number
  readonly totalMs: number
  /** What the planner does with it where that can be asked for without its values; null elsewhere. */
  readonly plan: string | null
}

/** From where it is known which queries are slow: counted by PostgreSQL, or watched for some seconds. */
export interface SlowQueries {
  readonly source: 'pg_stat_statements' | 'watched'
  /** Instant since which it was counted, or seconds it was watched. */
  readonly since: string | null
  readonly watchedSeconds: number | null
  readonly queries: readonly SlowQuery[]
}

export interface Growth {
  readonly name: string
  readonly bytesPerDay: number
  readonly days: number
}

export interface ServerFacts {
  readonly version: string
  readonly bytes: number
  readonly maxConnections: number
  readonly connections: number
  readonly sharedBuffersBytes: number
  /** Share of pages that were in memory already, 0–1; null before anything was read. */
  readonly hitRatio: number | null
  readonly temporaryBytes: number
  readonly deadlocks: number
  /** Days since the statistics of use began. */
  readonly statisticsDays: number
}

/** What this machine has; null where the database is on another. */
export interface MachineFacts {
  readonly cores: number
  readonly load: number
  readonly memoryBytes: number
  readonly freeDiskBytes: number
}

export interface Report {
  readonly server: ServerFacts
  readonly slow: SlowQueries
  readonly tables: readonly TableUse[]
  readonly missingIndexes: readonly {
    readonly table: string
    readonly columns: readonly string[]
    readonly why: string
  }[]
  readonly unusedIndexes: readonly { readonly name: string; readonly bytes: number; readonly why: string }[]
  readonly growth: readonly Growth[]
  readonly advice: readonly string[]
}
