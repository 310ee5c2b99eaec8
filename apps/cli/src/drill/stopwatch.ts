export interface Stopwatch {
  /** Since it was started, without pauses. */
  seconds(): number
  /** Does not count what takes place meanwhile. */
  paused<Answer>(work: () => Promise<Answer>): Promise<Answer>
}

export function startStopwatch(): Stopwatch {
  const began = performance.now()
  let left = 0
  return {
    seconds: () => (performance.now() - began - left) / 1000,
    paused: async (work) => {
      const from = performance.now()
      try {
        return await work()
      } finally {
        left += performance.now() - from
      }
    }
  }
}
