import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Storage } from '../../storage/storage.ts'
import { BackupError } from '../backup-error.ts'
import { listPushes, readPush } from '../files/push-files.ts'
import { type Repository, readFromAny, type StoredPiece, unseal } from '../repository/repository.ts'
import { inParallel } from '../set/in-parallel.ts'
import type { BackupSet, StoredUpload } from '../set/set.ts'

export interface RestoredFiles {
  readonly files: number
  readonly bytes: number
  /** Already where they belong. */
  readonly kept: number
  /** What no repository has whole, by name. */
  readonly faults: readonly string[]
}

const AT_ONCE = 3

/**
 * Puts uploaded files back: those of the set, and those that came after it. One file that is lost does not keep the others from
 * coming back. What storage has is left alone: content is named by its digest.
 */
export async function restoreFiles({
  repositories,
  set,
  uploads,
  contents,
  storage,
  wanted = () => true
}: {
  readonly repositories: readonly Repository[]
  readonly set: BackupSet
  readonly uploads: readonly StoredUpload[]
  readonly contents: readonly StoredPiece[]
  readonly storage: Storage
  /** Which of them. */
  readonly wanted?: ((upload: StoredUpload) => boolean) | undefined
}): Promise<RestoredFiles> {
  const later = await pushedSince(repositories, new Date(set.startedAt))
  const files = new Map([...uploads, ...later.uploads].filter(wanted).map((file) => [file.key, file]))
  const pieces = new Map([...contents, ...later.pieces].map((piece) => [piece.name, piece]))
  const faults: string[] = []
  let [restored, bytes, kept] = [0, 0, 0]
  await inParallel(files.values(), AT_ONCE, async (file) => {
    if (await isThere(storage, file)) {
      kept++
      return
    }
    try {
      await restoreFile(repositories, storage, file, pieces)
      restored++
      bytes += file.size
    } catch (error) {
      if (!(error instanceof BackupError)) throw error
      faults.push(`${file.key}: ${error.message}`)
    }
  })
  return { files: restored, bytes, kept, faults }
}

async function restoreFile(
  repositories: readonly Repository[],
  storage: Storage,
  { key, pieces: names }: StoredUpload,
  pieces: ReadonlyMap<string, StoredPiece>
): Promise<void> {
  const [tenantId = '', sha256 = ''] = key.split('/')
  const [first] = repositories
  if (first === undefined) throw new Error('No repository was named')
  const read = async (name: string): Promise<Buffer> => {
    const piece = pieces.get(name)
    if (piece === undefined) throw new BackupError('backup.damaged', `${name} is in no list of the repository.`)
    return unseal(first.key, await readFromAny(repositories, piece), name)
  }
  // Proven before storage gets to see it: there it would lie under the name of other content.
  const hash = createHash('sha256')
  for (const name of names) hash.update(await read(name))
  if (hash.digest('hex') !== sha256) throw new BackupError('backup.damaged', `${key} is not what its name says.`)
  await storage.put(
    tenantId,
    Readable.from(
      (async function* () {
        for (const name of names) yield await read(name)
      })()
    )
  )
}

async function pushedSince(
  repositories: readonly Repository[],
  since: Date
): Promise<{ uploads: readonly StoredUpload[]; pieces: readonly StoredPiece[] }> {
  const uploads: StoredUpload[] = []
  const pieces: StoredPiece[] = []
  const seen = new Set<string>()
  for (const repository of repositories)
    for (const push of await listPushes(repository)) {
      if (push.at < since || seen.has(push.id)) continue
      seen.add(push.id)
      uploads.push(...(await readPush(repository, push)))
      pieces.push(...push.pieces)
    }
  return { uploads, pieces }
}

const isThere = (storage: Storage, { key, size }: StoredUpload): Promise<boolean> =>
  storage.size(key).then(
    (found) => found === size,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'storage.object-missing') return false
      throw error
    }
  )
