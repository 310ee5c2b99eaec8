import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Older than any transfer that is still running, whichever process runs it. */
const STALE_MS = 24 * 60 * 60 * 1000

/** Files nobody finished: their process was killed, and whoever sent them was never told that they are safe. */
export async function sweep(folder: string): Promise<void> {
  const before = Date.now() - STALE_MS
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const stats = await stat(path).catch(() => undefined)
    if (stats && stats.mtimeMs < before) await rm(path, { force: true, recursive: true })
  }
}
