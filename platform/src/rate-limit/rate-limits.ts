/** What is left after one was taken. */
export interface Taken {
  readonly allowed: boolean
  /** How many more may be taken in this window. */
  readonly remaining: number
  /** Until the window ends and the whole limit is there again; at least 1. */
  readonly resetSeconds: number
}

/**
 * Counts what somebody does in a window that starts with the first time and is not prolonged by being refused. Never
 * throws: a counter that cannot be asked must not stop anybody, and must not let everything through either.
 */
export interface RateLimits {
  /**
   * Takes one of `limit` in `windowSeconds`.
   * @param key who does what, such as `api:203.0.113.7`; the same key always with the same window
   */
  take(key: string, limit: number, windowSeconds: number): Promise<Taken>
}

/** @param left milliseconds until the window ends */
export const takenAt = (count: number, limit: number, left: number): Taken => ({
  allowed: count <= limit,
  remaining: Math.max(0, limit - count),
  resetSeconds: Math.max(1, Math.ceil(left / 1000))
})
