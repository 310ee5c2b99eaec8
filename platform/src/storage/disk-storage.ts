import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { digestOf, Meter } from './meter.ts'
import { readKey } from './object-key.ts'
import { ObjectMissing, type Storage, type StoredObject } from './storage.ts'
import { sweep } from './sweep.ts'
import { syncFolder } from './sync-folder.ts'

/** Half-written files wait here, on the same file system as the objects so that they can be renamed into place. */
const INCOMING = '.incoming'

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
    list: () => listObjects(folder),
    localCopy: async (key) => {
      const { file } = pathOf(folder, key)
      await stat(file).catch(missing(key))
      return { path: file, release: async () => undefined }
    },
    address: async () => null,
    staging: null,
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

async function* listObjects(folder: string): AsyncIterable<{ key: string; size: number }> {
  for (const tenant of await namesIn(folder)) {
    if (tenant === INCOMING) continue
    for (const digits of await namesIn(join(folder, tenant)))
      for (const sha256 of await namesIn(join(folder, tenant, digits))) {
        // Deleted since the folder was read.
        const stats = await stat(join(folder, tenant, digits, sha256)).catch(() => undefined)
        if (stats?.isFile()) yield { key: `${tenant}/${sha256}`, size: stats.size }
      }
  }
}

/** None where there is no such folder, or where it is a file that somebody put there. */
const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return []
    throw error
  })

function pathOf(folder: string, key: string): { tenantFolder: string; folder: string; file: string } {
  const { tenantId, sha256 } = readKey(key)
  const tenantFolder = join(folder, tenantId)
  const digests = join(tenantFolder, sha256.slice(0, 2))
  return { tenantFolder, folder: digests, file: join(digests, sha256) }
}

const missing =
  (key: string) =>
  (error: unknown): never => {
    throw hasCode(error, 'ENOENT') ? ObjectMissing(key) : error
  }

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
