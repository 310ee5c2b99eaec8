import type { Readable } from 'node:stream'
import { defineError, type LyceumError } from '../errors.ts'

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

export const ObjectDamaged = defineError(
  'storage.object-damaged',
  'unavailable',
  (key: string) =>
    `The bytes ${key} in storage are not the ones that were stored. Tell the operator: a backup may still hold them.`
)
const Unavailable = defineError(
  'storage.unavailable',
  'unavailable',
  () => 'File storage does not answer at the moment. Nothing was changed; please try again in a few seconds.',
  () => ({ retryAfter: 5 })
)
const Refused = defineError(
  'storage.refused',
  'unavailable',
  () => 'File storage refuses this server. Nothing was changed. Tell the operator: /api/health says why.',
  () => ({ retryAfter: 60 })
)

/** Whoever sends a file is told that it failed; logs and health also hear where, and what to do. */
export const StorageUnavailable = (place: string): LyceumError =>
  Object.assign(Unavailable(), { cause: new Error(`${place} does not answer`) })
export const StorageRefused = (why: string): LyceumError => Object.assign(Refused(), { cause: new Error(why) })

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

/** How a browser is to be given an object by the store itself. */
export interface Shown {
  /** As recorded when it was stored: bytes of another number are refused. */
  readonly size: number
  readonly contentType: string
  readonly contentDisposition: string
  readonly cacheControl: string
  /** The address is the same for everybody who asks for it with the same two instants. */
  readonly from: Date
  readonly until: Date
}

/** Pieces of what is not finished yet, which every process can see and add to. */
export interface Staging {
  put(name: string, bytes: Buffer): Promise<void>
  /** Names that begin like this, with sizes in bytes. */
  list(prefix: string): Promise<readonly { readonly name: string; readonly size: number }[]>
  /** @throws storage.object-missing */
  read(name: string): Promise<Readable>
  delete(name: string): Promise<void>
}

/**
 * Where bytes live: a disk here, object storage elsewhere. A written object is whole or not there; reading one that is
 * missing throws `storage.object-missing`; a full disk throws ENOSPC and leaves nothing behind. A store that cannot be
 * reached throws `storage.unavailable`, one that does not let this server in `storage.refused`.
 */
export interface Storage {
  /** Stores a stream under its own digest; refuses with `storage.object-too-large` past `maxBytes`. */
  put(tenantId: string, bytes: Readable, options?: { readonly maxBytes?: number }): Promise<StoredObject>
  /**
   * Takes over a finished local file by moving it, where that is cheaper than copying.
   * @param options.sha256 the file's digest where it was just computed, so that it is not read twice
   */
  adopt(tenantId: string, path: string, options?: { readonly sha256?: string }): Promise<StoredObject>
  /** A whole object is checked against its digest while it passes: a damaged one breaks off with `storage.object-damaged`. */
  read(key: string, range?: ByteRange): Promise<Readable>
  size(key: string): Promise<number>
  delete(key: string): Promise<void>
  /** Every object there is, of all tenants, in no order. */
  list(): AsyncIterable<Pick<StoredObject, 'key' | 'size'>>
  /** A path on this machine with the object's bytes for tools that need one; `release` when done. */
  localCopy(key: string): Promise<{ readonly path: string; release(): Promise<void> }>
  /**
   * Where the store itself gives the bytes to whoever holds the address, with ranges; null where it cannot, as a disk.
   * @throws storage.object-missing, storage.object-damaged
   */
  address(key: string, shown: Shown): Promise<string | null>
  /** A place for unfinished uploads that all processes share; null where a folder does. */
  readonly staging: Staging | null
  /** Writes and reads back a small object: for health checks. */
  check(): Promise<void>
}
