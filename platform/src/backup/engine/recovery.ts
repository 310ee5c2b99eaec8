import type { PostgresBinaries } from '../../embedded-postgres/binaries.ts'
import type { Repository } from '../repository/repository.ts'
import type { BackupSet } from '../set/set.ts'
import type { ArchivedFile } from '../wal/archived-log.ts'
import type { UnpackOrder } from './database-engine.ts'

/** How a database and its log come back from where an engine has stored them. */
export interface Recovery {
  /** Of the version that wrote the database. */
  readonly programs: PostgresBinaries
  /** Name of the product's database. */
  readonly database: string
  /** What there is of the log of its cluster; a file that several places have is named several times. */
  listLog(): Promise<ArchivedFile[]>
  /**
   * The content of a file of the log; null where there is none of that name.
   * @throws BackupError where it is damaged everywhere
   */
  readLog(file: string): Promise<Buffer | null>
  /**
   * Writes the copy into an empty folder, as a data directory that still has to replay its log.
   * @throws BackupError `backup.damaged` where nobody has all of it whole
   */
  unpack(order: UnpackOrder): Promise<void>
  /** Looks whether everything that is stored is whole; a line for each fault. */
  verifyStore(tell: (line: string) => void): Promise<string[]>
}

/** @throws BackupError where this machine cannot bring such a set back */
export type Recoveries = (set: BackupSet, repositories: readonly Repository[]) => Promise<Recovery>
