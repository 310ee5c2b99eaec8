import { createHash, randomInt } from 'node:crypto'
import { BackupError, wordsOf } from '../backup-error.ts'
import { isDamage, type Repository, readIntact, type StoredPiece, unseal } from '../repository/repository.ts'
import { inParallel } from '../set/in-parallel.ts'
import type { StoredUpload } from '../set/set.ts'

const MOST_FILES = 50
const MOST_BYTES = 256 * 1024 ** 2
const AT_ONCE = 3

/** Some files, by chance: over weeks, all of them. */
export function chooseSample(uploads: readonly StoredUpload[]): StoredUpload[] {
  const left = [...uploads]
  const sample: StoredUpload[] = []
  let bytes = 0
  while (left.length > 0 && sample.length < MOST_FILES) {
    const at = randomInt(left.length)
    const [chosen] = left.splice(at, 1)
    // A film that is larger than all of it has its turn when it is the first.
    if (chosen === undefined || (sample.length > 0 && bytes + chosen.size > MOST_BYTES)) continue
    sample.push(chosen)
    bytes += chosen.size
  }
  return sample
}

export interface VerifiedFiles {
  readonly compared: number
  /** Files that no repository has whole, with what is wrong. */
  readonly lost: ReadonlyMap<StoredUpload, string>
}

/**
 * Reads uploaded files in every repository, opens them, and compares them with the digests that they are named by. What is damaged in
 * one of the repositories its `damaged` hears of.
 * @param repositories those that have the set
 * @param stored objects of the set
 */
export async function verifyFiles(
  repositories: readonly Repository[],
  uploads: readonly StoredUpload[],
  stored: ReadonlyMap<string, StoredPiece>
): Promise<VerifiedFiles> {
  const lost = new Map<StoredUpload, string>()
  await inParallel(uploads, AT_ONCE, async (upload) => {
    const hash = createHash('sha256')
    const faults: string[] = []
    for (const name of upload.pieces) {
      const piece = stored.get(name)
      const bytes = piece && (await readEverywhere(repositories, piece))
      const plain = bytes && (await open(repositories, bytes, name).catch((error: unknown) => wordsOf(error)))
      if (plain === undefined) faults.push(`${name} is whole in no repository`)
      else if (typeof plain === 'string') faults.push(plain)
      else hash.update(plain)
    }
    if (faults.length === 0 && hash.digest('hex') !== upload.key.split('/')[1])
      faults.push('its content is not what its name says')
    if (faults.length > 0) lost.set(upload, faults.join('; '))
  })
  return { compared: uploads.length, lost }
}

/** Undefined where no repository has it whole. @throws where none can be read at all */
async function readEverywhere(repositories: readonly Repository[], piece: StoredPiece): Promise<Buffer | undefined> {
  let whole: Buffer | undefined
  const unread: unknown[] = []
  for (const repository of repositories) {
    try {
      const bytes = await readIntact(repository, piece)
      whole ??= bytes
    } catch (error) {
      if (isDamage(error)) repository.damaged?.(piece)
      else unread.push(error)
    }
  }
  if (whole === undefined && unread.length > 0) throw unread[0]
  return whole
}

function open([first]: readonly Repository[], bytes: Buffer, name: string): Promise<Buffer> {
  if (first === undefined) throw new BackupError('backup.no-set', 'No repository was named.')
  return unseal(first.key, bytes, name)
}
