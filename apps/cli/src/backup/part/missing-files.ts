import type { Storage } from '@lyceum/platform/storage'

const AT_ONCE = 8

/** Those that storage does not have, whole or at all. @param keys names of objects */
export async function missingFiles(storage: Storage, keys: readonly string[]): Promise<string[]> {
  const waiting = [...keys]
  const missing: string[] = []
  const look = async (): Promise<void> => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop())
      if (!(await isThere(storage, key))) missing.push(key)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, look))
  return missing.sort()
}

const isThere = (storage: Storage, key: string): Promise<boolean> =>
  storage.size(key).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'storage.object-missing') return false
      throw error
    }
  )
