import { listPushes, pushFile } from '../files/push-files.ts'
import {
  asked,
  putStored,
  type Repository,
  readIntact,
  readStored,
  type StoredPiece
} from '../repository/repository.ts'
import { inParallel } from './in-parallel.ts'
import { describe, listSets, readContents } from './read-sets.ts'
import { setFile } from './set.ts'

const AT_ONCE = 4

/**
 * Copies sets and pushes that one repository has and the other has not, as they are: nothing is opened. What is damaged is not
 * copied, and neither is the set that needs it.
 * @throws BackupError
 */
export async function copySets(from: Repository, to: Repository): Promise<void> {
  const done = new Set((await listSets(to)).map(({ id }) => id))
  for (const set of await listSets(from)) {
    if (done.has(set.id)) continue
    await copyPieces(from, to, await readContents(from, set))
    for (const piece of [set.contents, set.manifest]) await putStored(to, piece.name, await readIntact(from, piece))
    // Last, as when it was made.
    await putStored(to, setFile(set.id), describe(set))
  }
  await copyPushes(from, to)
}

/** Uploaded files that came since. */
export async function copyPushes(from: Repository, to: Repository): Promise<void> {
  const there = new Set((await listPushes(to)).map(({ id }) => id))
  for (const { id, pieces } of await listPushes(from)) {
    if (there.has(id)) continue
    await copyPieces(from, to, pieces)
    const note = await readStored(from, pushFile(id))
    if (note !== undefined) await putStored(to, pushFile(id), note)
  }
}

async function copyPieces(from: Repository, to: Repository, pieces: readonly StoredPiece[]): Promise<void> {
  const folders = new Set(pieces.map(({ name }) => name.slice(0, name.indexOf('/', name.indexOf('/') + 1) + 1)))
  const there = new Map<string, number>()
  for (const folder of folders)
    for (const { name, size } of await asked(to, () => to.store.list(folder))) there.set(name, size)
  await inParallel(
    pieces.filter(({ name, size }) => there.get(name) !== size),
    AT_ONCE,
    async (piece) => {
      await putStored(to, piece.name, await readIntact(from, piece))
    }
  )
}
