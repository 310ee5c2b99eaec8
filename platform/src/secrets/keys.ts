/** A secret that signs or seals, as the settings have it. */
export interface KeySettings {
  readonly value: string
  /** Believed beside it. */
  readonly previous: string | null
  /** From when `value` signs; until then `previous` does. Null: from the beginning. */
  readonly since: Date | null
}

/** The keys for one purpose, which may be exchanged while they are used. */
export interface Keys {
  /** What signs now. */
  signing(now: Date): string
  /** Whose signatures are believed now; the one that signs comes first. */
  believed(now: Date): readonly string[]
  /** Every key that is known, whether or not a signature of it would still be believed: for what was sealed to be kept. */
  all(now: Date): readonly string[]
  /** Another number after every exchange: what was remembered of a signature no longer holds. */
  readonly generation: number
  exchange(settings: KeySettings): void
}

/** Clocks of several machines differ by less. */
const SKEW_MS = 60_000

/**
 * @param livesMs how long anything that these keys sign is good: so long the key before is believed after an exchange. One
 *   without a time of its exchange is believed for as long as it is set.
 */
export function createKeys(settings: KeySettings, livesMs: number): Keys {
  let { value, previous, since } = settings
  let generation = 0
  const signsAlready = (now: Date): boolean => previous === null || since === null || since <= now
  const inOrder = (now: Date): readonly string[] => {
    if (previous === null || previous === value) return [value]
    return signsAlready(now) ? [value, previous] : [previous, value]
  }
  return {
    signing: (now) => (signsAlready(now) ? value : (previous ?? value)),
    believed: (now) => (since !== null && now.getTime() > since.getTime() + livesMs + SKEW_MS ? [value] : inOrder(now)),
    all: inOrder,
    get generation() {
      return generation
    },
    exchange: (next) => {
      if (next.value === value && next.previous === previous && next.since?.getTime() === since?.getTime()) return
      ;({ value, previous, since } = next)
      generation += 1
    }
  }
}

/** One key that is never exchanged. */
export const oneKey = (value: string): Keys => createKeys({ value, previous: null, since: null }, 0)
