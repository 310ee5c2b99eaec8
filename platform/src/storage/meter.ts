import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Transform } from 'node:stream'
import { ObjectTooLarge } from './storage.ts'

type Done = (error: Error | null, chunk?: Buffer) => void

/** Counts and digests what passes. */
export class Meter extends Transform {
  readonly #hash = createHash('sha256')
  readonly #maxBytes: number
  size = 0
  constructor(maxBytes = Number.POSITIVE_INFINITY) {
    super()
    this.#maxBytes = maxBytes
  }

  override _transform(chunk: Buffer, _encoding: string, done: Done): void {
    this.size += chunk.length
    this.#hash.update(chunk)
    if (this.size > this.#maxBytes) done(ObjectTooLarge(this.#maxBytes))
    else done(null, chunk)
  }

  sha256(): string {
    return this.#hash.digest('hex')
  }
}

/** Lets bytes of one digest through to their end, and ends anything else with an error. */
export class Proof extends Transform {
  readonly #hash = createHash('sha256')
  readonly #sha256: string
  readonly #damaged: () => Error
  constructor(sha256: string, damaged: () => Error) {
    super()
    this.#sha256 = sha256
    this.#damaged = damaged
  }

  override _transform(chunk: Buffer, _encoding: string, done: Done): void {
    this.#hash.update(chunk)
    done(null, chunk)
  }

  override _flush(done: Done): void {
    if (this.#hash.digest('hex') === this.#sha256) done(null)
    else done(this.#damaged())
  }
}

export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}
