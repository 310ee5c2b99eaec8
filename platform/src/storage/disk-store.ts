import { randomUUID } from 'node:crypto'
import { createReadStream, type Dirent } from 'node:fs'
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { Readable } from 'node:stream'
import type { ObjectStore } from './object-store.ts'
import { isOutOfSpace, StorageFull, StorageRefused, StorageUnavailable } from './storage.ts'
import { syncFolder } from './sync-folder.ts'

/** Half-written objects wait here, on the same file system so that they can be renamed into place. */
const INCOMING = '.incoming'
const NAME = /^(?!\.)[\w.=-]+(?:\/(?!\.)[\w.=-]+)*$/

/**
 * Objects as files below a folder, which must exist: a disk that is not mounted is not an empty store. What was acknowledged
 * survives `kill -9` and power loss.
 */
export function createDiskStore({ folder }: { readonly folder: string }): ObjectStore {
  const place = `The folder ${folder}`

  const path = (name: string): string => {
    if (!NAME.test(name)) throw StorageRefused(`“${name}” is not the name of an object.`)
    return join(folder, ...name.split('/'))
  }

  /** Written beside, synced, then renamed: under its name an object is whole or not there. */
  const keep = async (name: string, write: (draft: string) => Promise<void>): Promise<void> => {
    const target = path(name)
    await mustExist()
    const incoming = join(folder, INCOMING)
    const draft = join(incoming, randomUUID())
    try {
      await mkdir(incoming, { recursive: true, mode: 0o700 })
      await write(draft)
      const made = await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await rename(draft, target)
      await syncFolder(dirname(target))
      if (made !== undefined) for (const parent of parentsOf(target, folder)) await syncFolder(parent)
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined)
      throw told(error)
    }
  }

  const mustExist = async (): Promise<void> => {
    const stats = await stat(folder).catch(() => undefined)
    if (!stats?.isDirectory()) throw StorageUnavailable(`${place} is not there (is its disk mounted?); it`)
  }

  const told = (error: unknown): Error => {
    if (isOutOfSpace(error)) return StorageFull()
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (['EACCES', 'EPERM', 'EROFS'].includes(code))
      return StorageRefused(`${place} may not be written (${code}). Make the user that runs Lyceum its owner.`)
    if (['EIO', 'ESTALE', 'ENXIO', 'ENOTCONN', 'EHOSTDOWN'].includes(code)) return StorageUnavailable(place)
    return error instanceof Error ? error : new Error(String(error))
  }

  return {
    place,
    putFile: (name, from) =>
      keep(name, async (draft) => {
        await copyFile(from, draft)
        await sync(draft)
      }),
    putBytes: (name, bytes) =>
      keep(name, async (draft) => {
        const file = await open(draft, 'wx', 0o600)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
      }),
    size: async (name) => (await stat(path(name)).catch(nobody))?.size,
    read: async (name, range) => {
      const from = path(name)
      const stats = await stat(from).catch(nobody)
      if (stats === undefined) {
        await mustExist()
        return undefined
      }
      const end = range ? Math.min(range.end, stats.size - 1) : stats.size - 1
      const start = range?.start ?? 0
      const size = Math.max(0, end - start + 1)
      return { bytes: size === 0 ? Readable.from([]) : createReadStream(from, { start, end }), size }
    },
    delete: (name) => rm(path(name), { force: true }),
    list: async (prefix) => {
      await mustExist()
      const found: { name: string; size: number }[] = []
      const walk = async (within: string): Promise<void> => {
        for (const entry of await entriesOf(join(folder, within))) {
          const name = within === '' ? entry.name : `${within}/${entry.name}`
          if (name === INCOMING || !(name.startsWith(prefix) || prefix.startsWith(`${name}/`))) continue
          if (entry.isDirectory()) await walk(name)
          else {
            const size = (await stat(join(folder, name)).catch(nobody))?.size
            if (size !== undefined && name.startsWith(prefix)) found.push({ name, size })
          }
        }
      }
      // From the deepest folder that the prefix names: a repository holds tens of thousands of objects.
      await walk(prefix.slice(0, Math.max(0, prefix.lastIndexOf('/'))))
      return found
    },
    address: () => Promise.reject(StorageRefused(`${place} gives no addresses.`))
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+')
  await file.sync().finally(() => file.close())
}

function parentsOf(path: string, top: string): string[] {
  const parents: string[] = []
  for (
    let parent = dirname(dirname(path));
    parent.startsWith(`${top}${sep}`) || parent === top;
    parent = dirname(parent)
  )
    parents.push(parent)
  return parents
}

const entriesOf = (folder: string): Promise<Dirent[]> =>
  readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return []
    throw error
  })

const nobody = (error: unknown): undefined => {
  if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined
  throw error
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
