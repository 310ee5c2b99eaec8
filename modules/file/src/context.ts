import type { Input, OperationName } from '@lyceum/platform/contract'
import type { Keys } from '@lyceum/platform/keys'
import type { Context, JobContext } from '@lyceum/platform/module'
import type { Storage } from '@lyceum/platform/storage'
import type { ColumnType, Generated } from 'kysely'
import type { File, fileContract } from './contract.ts'
import type { Variant } from './rendition/rendition.ts'

/** An instant: ISO 8601 when read, a Date when written. */
type At = ColumnType<string, Date, Date>
type MaybeAt = ColumnType<string | null, Date | undefined, Date | null>

export interface Tables {
  'file.file': {
    id: string
    name: string
    media_type: Generated<string>
    size: number
    sha256: Generated<string>
    key: string | null
    scripted: Generated<boolean>
    width: number | null
    height: number | null
    state: File['state']
    reason: string | null
    received_at: MaybeAt
    created_at: At
    created_by: string | null
    deleted_at: MaybeAt
    deleted_by: string | null
  }
  'file.rendition': { sha256: string; variant: Variant; key: string | null; created_at: At }
}

/** What this module needs from whoever starts it. */
export interface FileServices {
  readonly storage: Storage
  /** Of FILE_SECRET: sign the addresses of files. */
  readonly keys: Keys
  /** Unfinished uploads wait here; best on the same file system as the storage. */
  readonly uploadsFolder: string
  readonly maxFileBytes: number
  readonly tenantLimitBytes: number | null
  /** Gets a path as its last argument; exits 0 for clean, 1 for infected. */
  readonly scanCommand: string | null
}

export type FileContext = Context<Tables>
export type FileJob = JobContext<Tables>
export type Transact = FileJob['transact']
export type Given<K extends OperationName<typeof fileContract>> = Input<typeof fileContract, K>
