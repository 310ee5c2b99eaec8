import type { Repository, StoredPiece } from '../repository/repository.ts'
import type { BackupSet, DatabaseFiles, DatabasePart, EngineName, ExactRecord, Manifest, SetType } from '../set/set.ts'

/** How one kind of database is copied into a repository and back. */
export interface DatabaseEngine {
  readonly name: EngineName
  /**
   * Copies the database while it is written to. When this returns, the copy, and the log that makes it consistent, are in the
   * repository.
   * @throws BackupError
   */
  backUp(order: BackUpOrder): Promise<DatabaseBackup>
  /** For an engine that stores copies elsewhere than in the repository: whether that of a set is there. */
  stillThere?(): Promise<(set: BackupSet) => boolean>
  /** For the same: removes what is older than its own period. */
  expire?(): Promise<void>
}

export interface BackUpOrder {
  readonly repository: Repository
  /** For the labels that PostgreSQL keeps. */
  readonly setId: string
  readonly type: SetType
  readonly generation: string
  /** Pieces of this generation that are in the repository. */
  readonly known: ReadonlyMap<string, StoredPiece>
  readonly tell: (line: string) => void
}

export interface DatabaseBackup {
  readonly part: DatabasePart
  readonly files: DatabaseFiles
  readonly pieces: readonly StoredPiece[]
  readonly bytes: number
  readonly addedBytes: number
  readonly record: ExactRecord | null
  /** Where it is not stored too, and why. */
  readonly faults?: readonly string[]
}

export interface UnpackOrder {
  /** Those that have the set; the first that has a piece whole gives it. */
  readonly repositories: readonly Repository[]
  readonly set: BackupSet
  readonly manifest: Manifest
  readonly contents: readonly StoredPiece[]
  readonly into: string
}
