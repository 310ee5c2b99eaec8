import type { Journals } from './journal/journal.ts'
import type { Lock } from './journal/lease.ts'

export type Colour = 'blue' | 'green'

export interface Release {
  readonly name: string
  readonly commit: string
  /** Names of migrations in the ledger, as `<module>/<name>`: the oldest and the newest schema this release can run on. */
  readonly schema: { readonly min: string; readonly max: string }
}

/** What runs, read from reality and never from the journal. */
export interface Observed {
  readonly stable: Colour
  readonly colours: Readonly<
    Record<
      Colour,
      {
        readonly release: string | null
        readonly instances: readonly { readonly id: string; readonly ready: boolean }[]
      }
    >
  >
  /** Share of people without a pin who are sent to the colour that is not stable, 0–100. */
  readonly percent: number
}

/** What was asked and how it was answered. */
export interface Answers {
  readonly requests: number
  /** Answers from 500 on. */
  readonly errors: number
  /** Null: nothing was measured. */
  readonly p95Ms: number | null
}

/** Requests of people answered by one colour in a window, counted by the processes themselves. */
export interface Measurement extends Answers {
  /** Requests running for longer than 10 s now. */
  readonly inFlightOver: number
  readonly restarts: number
  /** A process did not answer, or counters went backwards. */
  readonly missing: boolean
  /** Of people who do not exist, counted apart; left out where nobody counts them. */
  readonly synthetic?: Answers
}

/** Releases as they lie somewhere: what only a release knows of itself is asked of it. */
export interface Shelf {
  /** Runs a command of a release beside what serves, in the settings that are in force. */
  ask(release: string, args: readonly string[]): Promise<{ readonly out: string; readonly err: string }>
  /** `release.json` as whoever built the release wrote it. @throws when there is none */
  describe(release: string): Promise<unknown>
  /** @param source where the release, or what says which image it is, lies on this machine */
  add(source: string): Promise<Release>
  remove(release: string): Promise<void>
}

/** Where runs are written down and who may release is settled. */
export interface Keeping {
  readonly journals: Journals
  readonly lock: Lock
}

/** Where releases run. Every way to run Lyceum implements this, and the engine knows nothing else of it. */
export interface Target {
  readonly kind: 'host' | 'compose' | 'kubernetes'
  observe(): Promise<Observed>
  releases(): Promise<readonly Release[]>
  /** Starts a release in a colour beside what serves, without traffic. Idempotent: twice is once. */
  boot(colour: Colour, release: Release): Promise<void>
  /** Address of a colour past the front door, for health and validation. */
  address(colour: Colour): Promise<string>
  /** Sends this share to the colour that is not stable; returns when new requests at the front door follow it. */
  shift(percent: number): Promise<void>
  /** The colour that is not stable becomes stable, at percent 0 for the other; nothing is started anew. */
  promote(): Promise<void>
  /** Cumulative counters; the engine subtracts. */
  measure(colour: Colour): Promise<Measurement>
  /** Lines that the processes of a colour have written since they were started there; absent where nobody can say. */
  log?(colour: Colour): AsyncIterable<string>
  /** Replaces instances one after another with `release` (rolling). Idempotent, resumable. */
  roll(release: Release, onInstance: (id: string) => Promise<void>): Promise<void>
  /**
   * Drains (sockets told, requests finished) and stops a colour. Refuses the stable one, and one that people are kept on
   * unless that is `evenPinned`.
   * @throws StillNeeded
   */
  retire(colour: Colour, options?: { readonly evenPinned?: boolean }): Promise<void>
  /**
   * Lets every process have at least so many instances, as far as its autoscaler goes; with one beside it has more by itself.
   * @returns the names of what was changed
   */
  scale?(least: number): Promise<readonly string[]>
  /** Releases that are no folders under the root. */
  readonly shelf?: Shelf
  /** Kept somewhere else than under the root. */
  readonly keeping?: Keeping
}

export const otherThan = (colour: Colour): Colour => (colour === 'blue' ? 'green' : 'blue')

/** A release that is not stopped, because people are kept on it or nobody can say whether they are. It is worth asking again. */
export class StillNeeded extends Error {
  readonly code: 'target.pins-open' | 'target.pins-unknown'
  constructor(code: StillNeeded['code'], message: string) {
    super(message)
    this.name = 'StillNeeded'
    this.code = code
  }
}
