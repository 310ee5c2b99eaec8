import { createHash } from 'node:crypto'
import { fileContract } from '@lyceum/file/contract'
import type { Storage, StoredObject } from '@lyceum/platform/storage'
import type { CourseJob } from '../context.ts'
import type { AssetPlan } from './course-import.ts'
import type { CourseSource } from './course-source.ts'

/** Streams at once: enough to keep a disk busy, few enough for its neighbours. */
const AT_ONCE = 4

/** Files registered in one transaction of the file module. */
const REGISTERED_AT_ONCE = 100

/** The id of each asset's file, by path: the same whenever the import is run again. */
export const assetIds = (importId: string, assets: readonly AssetPlan[]): ReadonlyMap<string, string> =>
  new Map(assets.map(({ path }) => [path, derivedId(importId, path)]))

/**
 * Puts the assets in storage as streams and has the file module take them over. Running it again adds nothing.
 * @param kept told the key of everything that is in storage now, also when the rest fails
 */
export async function storeAssets(
  job: CourseJob,
  storage: Storage,
  source: CourseSource,
  assets: readonly AssetPlan[],
  ids: ReadonlyMap<string, string>,
  kept: (key: string) => void
): Promise<void> {
  for (let start = 0; start < assets.length; start += REGISTERED_AT_ONCE) {
    const some = assets.slice(start, start + REGISTERED_AT_ONCE)
    const stored = await eachOf(some, async (asset): Promise<[AssetPlan, StoredObject]> => {
      const object = await storage.put(job.tenantId, await source.open(asset.path))
      kept(object.key)
      return [asset, object]
    })
    await job.call(fileContract).registerFiles({
      files: stored.map(([{ path, name }, { key, size, sha256 }]) => ({
        id: ids.get(path) ?? '',
        name,
        key,
        size,
        sha256
      }))
    })
  }
}

/** Every entry's answer in order, `AT_ONCE` under way at a time; the first failure stops the rest from starting, and is told when none is under way. */
async function eachOf<Entry, Answer>(
  entries: readonly Entry[],
  work: (entry: Entry) => Promise<Answer>
): Promise<Answer[]> {
  const answers: Answer[] = []
  const queue = entries.entries()
  const faults: unknown[] = []
  const worker = async (): Promise<void> => {
    for (const [at, entry] of queue) {
      if (faults.length > 0) return
      try {
        answers[at] = await work(entry)
      } catch (error) {
        faults.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  if (faults.length > 0) throw faults[0]
  return answers
}

/** A UUIDv7 (RFC 9562 §5.7) with the time of `id` and a digest of `name` where the random bits are. */
function derivedId(id: string, name: string): string {
  const digest = createHash('sha256').update(id).update(name).digest('hex')
  const variant = (8 + (Number.parseInt(digest.charAt(3), 16) % 4)).toString(16)
  return `${id.slice(0, 13)}-7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`
}
