import type { StoredPiece } from '../repository/repository.ts'

/** How a database is backed up; each engine writes and reads its own kind of set. */
export type EngineName = 'physical' | 'pgbackrest'
export type SetType = 'full' | 'incr'

/** One backup of everything, as far as it may be read without the key. */
export interface BackupSet {
  /** UUIDv7: later sets sort later. */
  readonly id: string
  readonly engine: EngineName
  readonly type: SetType
  /** The full set whose database chunks this one may share; its own id for a full set. */
  readonly generation: string
  /** What it was taken for, such as `before-2.1`; null where it has no name. */
  readonly point: string | null
  readonly startedAt: string
  readonly finishedAt: string
  readonly release: string
  readonly schema: readonly LedgerEntry[]
  readonly database: DatabasePart
  readonly sizes: {
    readonly databaseBytes: number
    readonly files: number
    readonly fileBytes: number
    /** What this set added to the repository. */
    readonly addedBytes: number
  }
  /** Digests of the two other objects of the set. */
  readonly contents: StoredPiece
  readonly manifest: StoredPiece
}

/** A migration that had run. */
export interface LedgerEntry {
  readonly module: string
  readonly name: string
  readonly hash: string
  readonly phase: string
}

/** What an engine says about its part of a set. */
export interface DatabasePart {
  /** Identifier of the cluster. */
  readonly system: string
  readonly version: string
  readonly timeline: number
  /** Where reading the log begins. */
  readonly startLsn: string
  /** Where the copy is consistent from. */
  readonly stopLsn: string
  /** The exact state that the record describes. */
  readonly restorePoint: { readonly name: string; readonly lsn: string; readonly at: string }
  /** Where it is, for a set whose database lies in repositories of pgBackRest. */
  readonly pgbackrest?: PgBackRestPart
}

export interface PgBackRestPart {
  readonly stanza: string
  /** Name of the product's database in the cluster. */
  readonly database: string
  /** One for each of its repositories, the oldest first. */
  readonly backups: readonly { readonly repository: number; readonly label: string }[]
  /** Its `global/pg_control` in Base64: with it alone pgBackRest hands out its log when the data directory is lost. */
  readonly control: string
}

/** Everything else, sealed. */
export interface Manifest {
  readonly database: DatabaseFiles
  readonly files: readonly StoredUpload[]
  /** Settings without secrets. */
  readonly configuration: Readonly<Record<string, string | null>>
  /** Secrets by name, and where this installation keeps them; never what they are. */
  readonly secrets: readonly { readonly name: string; readonly where: string }[]
  /** Null where no moment without a write could be found. */
  readonly record: ExactRecord | null
}

export interface DatabaseFiles {
  readonly directories: readonly string[]
  readonly files: readonly DatabaseFile[]
  readonly backupLabel: string
}

export interface DatabaseFile {
  readonly path: string
  readonly size: number
  /** Digests of its content, in pieces of `CHUNK_BYTES`. */
  readonly chunks: readonly string[]
}

/** An uploaded file: its name in storage and the objects that hold it, in order. */
export interface StoredUpload {
  readonly key: string
  readonly size: number
  readonly pieces: readonly string[]
}

/** What was in the database at the restore point: a restored copy must have the same. */
export interface ExactRecord {
  readonly schemaFingerprint: string
  readonly tables: readonly TableRecord[]
}

export interface TableRecord {
  readonly table: string
  readonly rows: number
  /** Of all rows, in whatever order they lie. */
  readonly checksum: string
}

export const setFile = (id: string): string => `sets/${id}/set.json`
export const contentsFile = (id: string): string => `sets/${id}/contents`
export const manifestFile = (id: string): string => `sets/${id}/manifest.age`
export const chunkFile = (generation: string, digest: string): string =>
  `chunks/${generation}/${digest.slice(0, 2)}/${digest}`
