import type { Repository, StoredPiece } from '../repository/repository.ts'
import type { BackupSet, DatabaseFiles, DatabasePart, EngineName, ExactRecord, Manifest } from '../set/set.ts'

/** How one kind of database is copied into a repository and back. */
export interface DatabaseEngine {
  readonly name: EngineName
  /**
   * Copies the database while it is written to. When this returns, the copy, and the log that makes it consistent, are in the
   * repository.
   * @throws BackupError
   */
  backUp(order: BackUpOrder): Promise<DatabaseBackup>
  /**
   * Writes the copy into an empty folder, as a data directory that still has to replay its log.
   * @throws BackupError `backup.damaged` where no repository has all of it whole
   */
  unpack(order: UnpackOrder): Promise<void>
}

export interface BackUpOrder {
  readonly repository: Repository
  /** For the labels that PostgreSQL keeps. */
  readonly setId: string
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
}

export interface UnpackOrder {
  /** Those that have the set; the first that has a piece whole gives it. */
  readonly repositories: readonly Repository[]
  readonly set: BackupSet
  readonly manifest: Manifest
  readonly contents: readonly StoredPiece[]
  readonly into: string
}
