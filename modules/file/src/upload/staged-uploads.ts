import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Staging } from '@lyceum/platform/storage'
import { DataStore, ERRORS, Upload } from '@tus/server'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { LocalBytes, UploadStore } from './upload-store.ts'

/** What one request holds in memory before it lies safely in storage. */
const PIECE = 8 * 1024 ** 2

const Facts = Compile(
  Type.Object({
    size: Type.Integer(),
    metadata: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
    creation_date: Type.String()
  })
)

interface Piece {
  readonly name: string
  readonly start: number
  readonly size: number
}

/**
 * Unfinished uploads in object storage, so that any process can go on with what another began: `<file id>/facts`, and the
 * bytes in pieces whose names tell where they begin and how long they are. No piece is ever written twice, so two
 * processes that receive the same bytes at once, because a phone came back before its old connection was noticed to be
 * dead, only leave pieces that overlap; how far an upload is can grow and never shrink.
 */
export class StagedUploads extends DataStore implements UploadStore {
  readonly #staging: Staging
  readonly #folder: string

  constructor(staging: Staging, folder: string) {
    super()
    this.#staging = staging
    this.#folder = folder
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration']
  }

  override async create(upload: Upload): Promise<Upload> {
    const { id, size, metadata = {} } = upload
    upload.creation_date = new Date().toISOString()
    const facts = { size, metadata, creation_date: upload.creation_date }
    await this.#staging.put(`${id}/facts`, Buffer.from(JSON.stringify(facts)))
    return upload
  }

  override async getUpload(id: string): Promise<Upload> {
    const offset = await this.received(id)
    if (offset === undefined) throw ERRORS.FILE_NOT_FOUND
    const facts: unknown = await json(await this.#staging.read(`${id}/facts`))
    return new Upload({ id, offset, ...Facts.Parse(facts) })
  }

  /** Keeps what arrived also when the rest does not: a phone on a bad line should not send it again. */
  override async write(bytes: Readable, id: string, offset: number): Promise<number> {
    let at = offset
    let waiting: Buffer[] = []
    let size = 0
    const keep = async (): Promise<void> => {
      if (size === 0) return
      const piece = Buffer.concat(waiting)
      waiting = []
      size = 0
      await this.#staging.put(`${id}/${String(at).padStart(15, '0')}-${piece.length}-${randomUUID()}`, piece)
      at += piece.length
    }
    try {
      for await (const chunk of bytes) {
        waiting.push(chunk)
        size += chunk.length
        if (size >= PIECE) await keep()
      }
    } finally {
      await keep()
    }
    return at
  }

  override async remove(id: string): Promise<void> {
    await this.discard(id)
  }

  async received(fileId: string): Promise<number | undefined> {
    const found = await this.#staging.list(`${fileId}/`)
    if (!found.some(({ name }) => name.endsWith('/facts'))) return undefined
    return inOrder(found).reduce((end, { start, size }) => Math.max(end, start + size), 0)
  }

  async collect(fileId: string): Promise<LocalBytes> {
    await mkdir(this.#folder, { recursive: true })
    const path = join(this.#folder, `${fileId}-${randomUUID()}`)
    const release = () => rm(path, { force: true })
    try {
      const pieces = inOrder(await this.#staging.list(`${fileId}/`))
      await pipeline(Readable.from(this.#bytesOf(pieces)), createWriteStream(path))
    } catch (error) {
      await release()
      throw error
    }
    return { path, release }
  }

  async discard(fileId: string): Promise<void> {
    const found = await this.#staging.list(`${fileId}/`)
    // The facts last: whoever is interrupted here finds the upload again.
    for (const { name } of found.toSorted((one, other) => Number(isFacts(one)) - Number(isFacts(other))))
      await this.#staging.delete(name)
  }

  async *#bytesOf(pieces: readonly Piece[]): AsyncGenerator<Buffer> {
    let at = 0
    for (const { name, start } of pieces) {
      let skip = at - start
      for await (const chunk of await this.#staging.read(name)) {
        const fresh: Buffer = chunk.subarray(Math.min(skip, chunk.length))
        skip = Math.max(0, skip - chunk.length)
        at += fresh.length
        yield fresh
      }
    }
  }
}

const isFacts = ({ name }: { readonly name: string }): boolean => name.endsWith('/facts')

/** Those pieces that follow on each other without a gap from the beginning, the one that reaches furthest each time. */
function inOrder(found: readonly { readonly name: string; readonly size: number }[]): Piece[] {
  const pieces = found
    .flatMap(({ name, size }) => {
      const [, start, told] = /\/(\d{15})-(\d+)-[0-9a-f-]+$/.exec(name) ?? []
      return Number(told) === size ? [{ name, start: Number(start), size }] : []
    })
    .sort((one, other) => one.start - other.start)
  const chosen: Piece[] = []
  let end = 0
  let best: Piece | undefined
  for (const piece of pieces) {
    if (piece.start > end) {
      if (!best) break
      chosen.push(best)
      end = best.start + best.size
      best = undefined
      if (piece.start > end) break
    }
    if (piece.start + piece.size > (best ? best.start + best.size : end)) best = piece
  }
  if (best) chosen.push(best)
  return chosen
}
