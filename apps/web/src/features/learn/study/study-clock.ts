/** After this long without a sign of life nobody is taken to be reading. */
const STILL_HERE_MS = 90_000
/** A longer gap between two ticks is a device that slept, not a learner who studied. */
const LONGEST_TICK_MS = 5_000

export interface StudyClock {
  /** The person moved, typed, scrolled or touched. */
  readonly touch: (now: number) => void
  /** Counts the time since the last tick if somebody was there. `busy`: something plays that one watches without moving. */
  readonly tick: (now: number, state: { readonly visible: boolean; readonly busy: boolean }) => void
  /** Whole seconds counted so far. */
  readonly seconds: () => number
}

/** Counts the time of one visit while the page is seen and the person is active. Times are milliseconds. */
export function createStudyClock(startedAt: number): StudyClock {
  let touchedAt = startedAt
  let tickedAt = startedAt
  let counted = 0
  return {
    touch: (now) => {
      touchedAt = now
    },
    tick: (now, { visible, busy }) => {
      const passed = now - tickedAt
      tickedAt = now
      const present = visible && (busy || now - touchedAt < STILL_HERE_MS)
      if (present && passed > 0) counted += Math.min(passed, LONGEST_TICK_MS)
    },
    seconds: () => Math.floor(counted / 1000)
  }
}
