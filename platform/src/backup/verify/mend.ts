import type { Storage } from '../../storage/storage.ts'
import { wordsOf } from '../backup-error.ts'
import { storeUpload } from '../files/push-files.ts'
import { lockRepository } from '../repository/lock.ts'
import { putStored, type Repository, readIntact, type StoredPiece } from '../repository/repository.ts'
import { replacePieces } from '../set/read-sets.ts'
import type { StoredUpload } from '../set/set.ts'

/** Objects that are damaged, by name, with the repositories in which they are. */
export type Damages = Map<string, { readonly piece: StoredPiece; readonly places: Set<string> }>

export interface Mended {
  readonly mended: readonly string[]
  /** What stays damaged, and why. */
  readonly faults: readonly string[]
}

interface Mending {
  readonly repositories: readonly Repository[]
  /** Where uploaded files are kept while the installation lives; null where it does not. */
  readonly live: Storage | null
  readonly uploads: readonly StoredUpload[]
}

/**
 * Stores damaged objects again: as they were where another repository has them whole, else, for uploaded files, from live storage, which
 * proves them by their digest. Chunks of a database that are whole nowhere stay damaged: the database has gone on since.
 */
export async function mendDamages(damages: Damages, mending: Mending): Promise<Mended> {
  if (damages.size === 0) return { mended: [], faults: [] }
  const [first] = mending.repositories
  if (first === undefined) return { mended: [], faults: [] }
  const mended: string[] = []
  const faults: string[] = []
  const renewed = new Set<string>()
  const lock = await lockRepository(first, 'mending damaged objects').catch((error: unknown) => wordsOf(error))
  if (typeof lock === 'string')
    return { mended, faults: [`${damages.size} damaged objects are not mended yet: ${lock}`] }
  try {
    for (const { piece, places } of damages.values()) {
      for (const repository of mending.repositories.filter(({ place }) => places.has(place))) {
        const what = `${piece.name} in ${repository.place}`
        const failed = renewed.has(piece.name)
          ? undefined
          : await mend(repository, piece, mending, renewed).catch((error: unknown) => wordsOf(error))
        if (failed === undefined) mended.push(what)
        else faults.push(`${what} is damaged and could not be mended: ${failed}`)
      }
    }
  } finally {
    await lock.release()
  }
  return { mended, faults }
}

/**
 * @param renewed names of objects that were stored anew everywhere
 * @returns why it could not be; undefined where it is whole again
 */
async function mend(
  repository: Repository,
  piece: StoredPiece,
  { repositories, live, uploads }: Mending,
  renewed: Set<string>
): Promise<string | undefined> {
  for (const other of repositories) {
    if (other.place === repository.place) continue
    const whole = await readIntact(other, piece).catch(() => undefined)
    if (whole === undefined) continue
    await putStored(repository, piece.name, whole)
    return undefined
  }
  const upload = uploads.find(({ pieces }) => pieces.includes(piece.name))
  if (upload === undefined) return 'no repository has it whole. Make a new set: lyceum backup create --type full'
  if (live === null) return 'no repository has it whole, and live storage was not asked'
  const fresh = await storeUpload(repository, live, upload)
  if (fresh === undefined) return 'no repository has it whole, and it is not in live storage any more'
  await replacePieces(repository, fresh)
  // Sealed anew it has another digest: the others get the very same, so that their lists can be compared on.
  for (const other of repositories) {
    if (other.place === repository.place) continue
    for (const one of fresh) await putStored(other, one.name, await readIntact(repository, one))
    await replacePieces(other, fresh)
  }
  for (const { name } of fresh) renewed.add(name)
  return undefined
}
