import type { Readable } from 'node:stream'
import { defineError } from '../errors.ts'

export const ObjectMissing = defineError(
  'storage.object-missing',
  'not-found',
  (key: string) => `The bytes ${key} are not in storage. Tell the operator: a backup may still hold them.`
)
export const ObjectTooLarge = defineError(
  'storage.object-too-large',
  'too-large',
  (maxBytes: number) => `More than the ${maxBytes} bytes that are allowed here. Send less.`
)

export const StorageFull = defineError(
  'storage.full',
  'full',
  () =>
    'The server has run out of disk space. Nothing was changed. Tell the operator; `lyceum doctor` says what to free.'
)

/** Whether a disk or a quota of ours or of PostgreSQL (53100) has no room left. */
export const isOutOfSpace = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT', '53100'].includes(String(error.code))

/** Bytes in [start, end], both included, as in HTTP ranges. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface StoredObject {
  /** `<tenant>/<sha256>`: the same bytes of one tenant are kept once. */
  readonly key: string
  readonly size: number
  readonly sha256: string
}

/**
 * Where bytes live: a disk here, object storage elsewhere. A written object is whole or not there; reading one that is
 * missing throws `storage.object-missing`; a full disk throws ENOSPC and leaves nothing behind.
 */
export interface Storage {
  /** Stores a stream under its own digest; refuses with `storage.object-too-large` past `maxBytes`. */
  put(tenantId: string, bytes: Readable, options?: { readonly maxBytes?: number }): Promise<StoredObject>
  /**
   * Takes over a finished local file by moving it, where that is cheaper than copying.
   * @param options.sha256 the file's digest where it was just computed, so that it is not read twice
   */
  adopt(tenantId: string, path: string, options?: { readonly sha256?: string }): Promise<StoredObject>
  read(key: string, range?: ByteRange): Promise<Readable>
  size(key: string): Promise<number>
  delete(key: string): Promise<void>
  /** A path on this machine with the object's bytes for tools that need one; `release` when done. */
  localCopy(key: string): Promise<{ readonly path: string; release(): Promise<void> }>
  /** Writes and reads back a small object: for health checks. */
  check(): Promise<void>
}
