import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, type Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { digestOf, Meter, Proof } from './meter.ts'
import { readKey } from './object-key.ts'
import { isNetworkFault, type ObjectStore } from './object-store.ts'
import { ObjectDamaged, ObjectMissing, type Storage, StorageUnavailable, type StoredObject } from './storage.ts'
import { sweep } from './sweep.ts'

export interface ObjectStorageOptions {
  readonly store: ObjectStore
  /** Bytes on their way pass through here: a digest is only known at the end, and some tools need a path. */
  readonly folder: string
  /** Give browsers addresses of the store; off where they cannot reach it. */
  readonly direct: boolean
  /** A content delivery network in front of the store: takes the place of scheme, host and port in those addresses. */
  readonly cdnUrl: string | null
}

/** Objects never change, so what was once seen whole is not asked for again and again. */
const SIZES_KEPT = 10_000
const WRITE_CHECK_EVERY_MS = 60_000
const DOWNLOAD_ATTEMPTS = 3

/**
 * Storage in an object store, under the names `objects/<tenant>/<first two hex digits>/<sha256>`, and unfinished uploads
 * under `uploads/`. Stores acknowledge an object when it is whole and durable, so nothing more is needed for that.
 */
export function createObjectStorage({ store, folder, direct, cdnUrl }: ObjectStorageOptions): Storage {
  const ready = mkdir(folder, { recursive: true }).then(() => sweep(folder))
  // Whoever stores first hears why; until then the failure waits here instead of ending the process.
  ready.catch(() => undefined)
  const sizes = new Map<string, number>()
  let wrote = Number.NEGATIVE_INFINITY

  const remember = (key: string, size: number): number => {
    if (sizes.size >= SIZES_KEPT) for (const oldest of [...sizes.keys()].slice(0, SIZES_KEPT / 10)) sizes.delete(oldest)
    sizes.set(key, size)
    return size
  }
  const size = async (key: string): Promise<number> => {
    const name = nameOf(key)
    const known = sizes.get(key)
    if (known !== undefined) return known
    const found = await store.size(name)
    if (found === undefined) throw ObjectMissing(key)
    return remember(key, found)
  }

  const put: Storage['put'] = async (tenantId, bytes, { maxBytes } = {}) => {
    await ready
    nameOf(`${tenantId}/${'0'.repeat(64)}`)
    const path = join(folder, randomUUID())
    const meter = new Meter(maxBytes)
    try {
      await pipeline(bytes, meter, createWriteStream(path, { flags: 'wx' }))
      return await keep(tenantId, path, meter.sha256(), meter.size)
    } finally {
      await rm(path, { force: true })
    }
  }

  const adopt: Storage['adopt'] = async (tenantId, path, known = {}) => {
    const sha256 = known.sha256 ?? (await digestOf(path))
    const stored = await keep(tenantId, path, sha256, (await stat(path)).size)
    await rm(path, { force: true })
    return stored
  }

  const keep = async (tenantId: string, path: string, sha256: string, bytes: number): Promise<StoredObject> => {
    const key = `${tenantId}/${sha256}`
    const name = nameOf(key)
    // One that was truncated is replaced by the whole.
    if ((await store.size(name)) !== bytes) {
      await store.putFile(name, path, bytes)
      if ((await store.size(name)) !== bytes) throw StorageUnavailable(store.place)
    }
    remember(key, bytes)
    return { key, size: bytes, sha256 }
  }

  const read: Storage['read'] = async (key, range) => {
    const found = await store.read(nameOf(key), range)
    if (!found) {
      sizes.delete(key)
      throw ObjectMissing(key)
    }
    if (range) {
      if (found.size === range.end - range.start + 1) return found.bytes
      found.bytes.destroy()
      throw ObjectDamaged(key)
    }
    return through(found.bytes, new Proof(readKey(key).sha256, () => ObjectDamaged(key)))
  }

  /** A connection that breaks in the middle is a store that does not answer. */
  const through = (bytes: Readable, last: Transform): Readable => {
    bytes.on('error', (error) => last.destroy(isNetworkFault(error) ? StorageUnavailable(store.place) : error))
    last.on('close', () => bytes.destroy())
    return bytes.pipe(last)
  }

  const download = async (key: string, path: string): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await pipeline(await read(key), createWriteStream(path))
        return
      } catch (error) {
        const brokeOff = error instanceof Error && 'code' in error && error.code === 'storage.unavailable'
        if (!brokeOff || attempt === DOWNLOAD_ATTEMPTS) throw error
      }
    }
  }

  return {
    put,
    adopt,
    read,
    size,
    delete: async (key) => {
      const name = nameOf(key)
      sizes.delete(key)
      await store.delete(name)
    },
    list: async function* () {
      for (const { name, size: bytes } of await store.list('objects/')) {
        const [, tenantId, , sha256] = name.split('/')
        if (tenantId !== undefined && sha256 !== undefined) yield { key: `${tenantId}/${sha256}`, size: bytes }
      }
    },
    localCopy: async (key) => {
      await ready
      const path = join(folder, randomUUID())
      const release = () => rm(path, { force: true })
      try {
        await download(key, path)
      } catch (error) {
        await release()
        throw error
      }
      return { path, release }
    },
    address: async (key, shown) => {
      if (!direct) return null
      if ((await size(key)) !== shown.size) throw ObjectDamaged(key)
      // Whoever holds the address may have the bytes, so a network that keeps them under it lets nobody in.
      const cacheControl = cdnUrl === null ? shown.cacheControl : shown.cacheControl.replace('private', 'public')
      const address = new URL(await store.address(nameOf(key), { ...shown, cacheControl }))
      return cdnUrl === null ? address.href : `${cdnUrl.replace(/\/$/, '')}${address.pathname}${address.search}`
    },
    staging: {
      put: (name, bytes) => store.putBytes(`uploads/${name}`, bytes),
      list: async (prefix) =>
        (await store.list(`uploads/${prefix}`)).map(({ name, size: bytes }) => ({
          name: name.slice('uploads/'.length),
          size: bytes
        })),
      read: async (name) => {
        const found = await store.read(`uploads/${name}`)
        if (!found) throw ObjectMissing(name)
        return through(found.bytes, new PassThrough())
      },
      delete: (name) => store.delete(`uploads/${name}`)
    },
    check: async () => {
      // Stores charge for writing, and probes come every few seconds.
      const write = performance.now() - wrote > WRITE_CHECK_EVERY_MS
      if (write) await store.putBytes('health', Buffer.from('Lyceum was here'))
      const found = await store.read('health')
      found?.bytes.destroy()
      if (!found) throw ObjectMissing('health')
      if (write) wrote = performance.now()
    }
  }
}

const nameOf = (key: string): string => {
  const { tenantId, sha256 } = readKey(key)
  return `objects/${tenantId}/${sha256.slice(0, 2)}/${sha256}`
}
