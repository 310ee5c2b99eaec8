import type { DataStore } from '@tus/server'

/** Bytes of an unfinished upload as a file of this machine. */
export interface LocalBytes {
  readonly path: string
  release(): Promise<void>
}

/** Where unfinished uploads wait. Once told, an offset is never taken back: not by a crash and not by a power cut. */
export interface UploadStore extends DataStore {
  /** Bytes that arrived, or undefined where the upload is not here (any more). */
  received(fileId: string): Promise<number | undefined>
  /** The bytes in one piece, for looking at them and moving them into storage. */
  collect(fileId: string): Promise<LocalBytes>
  discard(fileId: string): Promise<void>
}
