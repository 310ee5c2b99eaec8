import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ObjectMissing, ObjectTooLarge, type Storage, type StoredObject } from './storage.ts'

/** Half-written files wait here, on the same file system as the objects so that they can be renamed into place. */
const INCOMING = '.incoming'
/** Older than any transfer that is still running, whichever process runs it. */
const STALE_MS = 24 * 60 * 60 * 1000

/**
 * Objects as files below `folder`, as `<tenant>/<first two hex digits>/<sha256>`. What was acknowledged survives
 * `kill -9` and power loss: bytes are synced before they get their name, and the name before anybody hears of it.
 */
export function createDiskStorage({ folder }: { readonly folder: string }): Storage {
  const incoming = join(folder, INCOMING)
  const ready = mkdir(incoming, { recursive: true }).then(() => sweep(incoming))
  // Whoever stores first hears why; until then the failure waits here instead of ending the process.
  ready.catch(() => undefined)

  const put: Storage['put'] = async (tenantId, bytes, { maxBytes } = {}) => {
    await ready
    const path = join(incoming, randomUUID())
    const meter = new Meter(maxBytes)
    try {
      const file = await open(path, 'wx')
      // `flush` syncs before closing.
      await pipeline(bytes, meter, file.createWriteStream({ flush: true }))
      return await settle(tenantId, path, meter.sha256(), meter.size)
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  }

  const adopt: Storage['adopt'] = async (tenantId, path, known = {}) => {
    await ready
    const sha256 = known.sha256 ?? (await digestOf(path))
    const file = await open(path, 'r+')
    const size = await file
      .sync()
      .then(() => file.stat())
      .then((stats) => stats.size)
      .finally(() => file.close())
    try {
      return await settle(tenantId, path, sha256, size)
    } catch (error) {
      if (!hasCode(error, 'EXDEV')) throw error
      const stored = await put(tenantId, createReadStream(path))
      await unlink(path)
      return stored
    }
  }

  /** Replacing an object by the same bytes is harmless: readers keep the file they have opened. */
  const settle = async (tenantId: string, path: string, sha256: string, size: number): Promise<StoredObject> => {
    const key = `${tenantId}/${sha256}`
    const target = pathOf(folder, key)
    const firstMade = await mkdir(target.folder, { recursive: true })
    await rename(path, target.file)
    await syncFolder(target.folder)
    if (firstMade !== undefined) {
      await syncFolder(target.tenantFolder)
      await syncFolder(folder)
    }
    return { key, size, sha256 }
  }

  return {
    put,
    adopt,
    read: async (key, range) => {
      const file = await open(pathOf(folder, key).file, 'r').catch(missing(key))
      return file.createReadStream(range ? { start: range.start, end: range.end } : {})
    },
    size: async (key) => (await stat(pathOf(folder, key).file).catch(missing(key))).size,
    delete: async (key) => rm(pathOf(folder, key).file, { force: true }),
    localCopy: async (key) => {
      const { file } = pathOf(folder, key)
      await stat(file).catch(missing(key))
      return { path: file, release: async () => undefined }
    },
    check: async () => {
      await ready
      const path = join(incoming, randomUUID())
      try {
        await writeFile(path, path, { flush: true })
        if ((await readFile(path, 'utf8')) !== path) throw new Error(`${folder} does not give back what was written`)
      } finally {
        await rm(path, { force: true })
      }
    }
  }
}

/** Files nobody finished: their process was killed, and whoever sent them was never told that they are safe. */
async function sweep(incoming: string): Promise<void> {
  const before = Date.now() - STALE_MS
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name)
    const stats = await stat(path).catch(() => undefined)
    if (stats && stats.mtimeMs < before) await rm(path, { force: true, recursive: true })
  }
}

const KEY = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(([0-9a-f]{2})[0-9a-f]{62})$/

/** A key is never a path: anything but a tenant's id and a digest does not exist. */
function pathOf(folder: string, key: string): { tenantFolder: string; folder: string; file: string } {
  const [, tenantId, sha256, start] = KEY.exec(key) ?? []
  if (tenantId === undefined || sha256 === undefined || start === undefined) throw ObjectMissing(key)
  const tenantFolder = join(folder, tenantId)
  return { tenantFolder, folder: join(tenantFolder, start), file: join(tenantFolder, start, sha256) }
}

/** Counts and digests what passes. */
class Meter extends Transform {
  readonly #hash = createHash('sha256')
  readonly #maxBytes: number
  size = 0
  constructor(maxBytes = Number.POSITIVE_INFINITY) {
    super()
    this.#maxBytes = maxBytes
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.size += chunk.length
    this.#hash.update(chunk)
    if (this.size > this.#maxBytes) done(ObjectTooLarge(this.#maxBytes))
    else done(null, chunk)
  }

  sha256(): string {
    return this.#hash.digest('hex')
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  const bytes: Readable = createReadStream(path, { highWaterMark: 1024 * 1024 })
  for await (const chunk of bytes) hash.update(chunk)
  return hash.digest('hex')
}

async function syncFolder(path: string): Promise<void> {
  // Windows has no such call: NTFS journals names by itself.
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}

const missing =
  (key: string) =>
  (error: unknown): never => {
    throw hasCode(error, 'ENOENT') ? ObjectMissing(key) : error
  }

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
