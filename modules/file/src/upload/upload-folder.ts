import { createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FileStore } from '@tus/file-store'
import type { LocalBytes, UploadStore } from './upload-store.ts'

/** Unfinished uploads as `<folder>/<file id>`, each with its facts in `<file id>.json`. The file's size is its offset. */
export class UploadFolder extends FileStore implements UploadStore {
  constructor(folder: string) {
    super({ directory: folder })
    // Limits are checked when an upload is created, so its length must be known then.
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration']
  }

  /**
   * Unlike the original it syncs before it answers, so that an offset once told is not taken back by a power cut, and
   * keeps the cause of a failure: a full disk is an answer of its own.
   */
  override async write(readable: IncomingMessage | Readable, fileId: string, offset: number): Promise<number> {
    const file = createWriteStream(this.#pathOf(fileId), { flags: 'r+', start: offset, flush: true })
    await pipeline(readable, file)
    return offset + file.bytesWritten
  }

  async received(fileId: string): Promise<number | undefined> {
    return stat(this.#pathOf(fileId)).then(
      ({ size }) => size,
      () => undefined
    )
  }

  async collect(fileId: string): Promise<LocalBytes> {
    return { path: this.#pathOf(fileId), release: async () => undefined }
  }

  async discard(fileId: string): Promise<void> {
    await rm(this.#pathOf(fileId), { force: true })
    await rm(`${this.#pathOf(fileId)}.json`, { force: true })
  }

  #pathOf(fileId: string): string {
    return join(this.directory, fileId)
  }
}
