import { type RateLimits, takenAt } from './rate-limits.ts'

/** Windows kept at most: about 20 MB. Whoever floods with new keys pushes out the windows that end soonest. */
const MOST_WINDOWS = 100_000

interface Window {
  count: number
  /** By the clock that `now` reads. */
  ends: number
}

export interface LocalRateLimits extends RateLimits {
  /** Takes over what a store shared by every process counted, to go on from there when it cannot be asked. */
  learn(key: string, count: number, leftMs: number): void
}

/**
 * Counts in the memory of this process: for an installation of one process, and for as long as the shared store is away.
 * @param now milliseconds that only grow: a wall clock that is put forward would end every window
 */
export function createLocalRateLimits(now: () => number = () => performance.now()): LocalRateLimits {
  const windows = new Map<string, Window>()

  const makeRoom = (at: number): void => {
    for (const [key, { ends }] of windows) if (ends <= at) windows.delete(key)
    if (windows.size < MOST_WINDOWS) return
    const soonest = [...windows].sort(([, one], [, other]) => one.ends - other.ends).slice(0, MOST_WINDOWS / 10)
    for (const [key] of soonest) windows.delete(key)
  }
  const windowOf = (key: string, lasts: number): Window => {
    const at = now()
    const known = windows.get(key)
    if (known && known.ends > at) return known
    if (!known && windows.size >= MOST_WINDOWS) makeRoom(at)
    const begun = { count: 0, ends: at + lasts }
    windows.set(key, begun)
    return begun
  }

  return {
    take: async (key, limit, windowSeconds) => {
      const window = windowOf(key, windowSeconds * 1000)
      window.count += 1
      return takenAt(window.count, limit, window.ends - now())
    },
    learn: (key, count, leftMs) => {
      const window = windowOf(key, leftMs)
      window.count = Math.max(window.count, count)
      window.ends = now() + leftMs
    }
  }
}
