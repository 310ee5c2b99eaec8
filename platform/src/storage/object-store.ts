import type { Readable } from 'node:stream'
import type { ByteRange, Shown } from './storage.ts'

/**
 * What object stores have in common: whole objects under names, in one bucket. Every call tries again by itself for some
 * seconds, then throws `storage.unavailable`, or `storage.refused` with what to do where trying again is no use.
 */
export interface ObjectStore {
  /** For messages: “The bucket lyceum at https://…”. */
  readonly place: string
  /** Stores a local file, in parts where it is large; afterwards all of it is there under this name, or nothing of it. */
  putFile(name: string, path: string, size: number): Promise<void>
  putBytes(name: string, bytes: Buffer): Promise<void>
  /** Undefined where there is no such object. */
  size(name: string): Promise<number | undefined>
  /** What a range names beyond the end of the object is missing from the answer's `size`. */
  read(name: string, range?: ByteRange): Promise<{ readonly bytes: Readable; readonly size: number } | undefined>
  /** Also where there is none. */
  delete(name: string): Promise<void>
  list(prefix: string): Promise<readonly { readonly name: string; readonly size: number }[]>
  address(name: string, shown: Shown): Promise<string>
}

/** Parts of a large file: large enough that 9,000 of them hold it, since stores take 10,000; three are on their way at once. */
export const partSize = (size: number): number => Math.max(8 * 1024 ** 2, Math.ceil(size / 9_000))
export const PARTS_AT_ONCE = 3

/** Whether nobody answered, rather than somebody who refused. */
export const isNetworkFault = (error: unknown): boolean =>
  error instanceof Error &&
  (/^(?:TimeoutError|AbortError)$/.test(error.name) ||
    ('code' in error &&
      /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ERR_STREAM_PREMATURE_CLOSE|REQUEST_SEND_ERROR|PARSE_ERROR)/.test(
        String(error.code)
      )))
