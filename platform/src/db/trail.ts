import type { LogPosition } from './log-position.ts'

/** What ties the requests of one person together, so that everybody sees what they have written themselves. */
export interface Trail {
  /** How far a replica must have come to answer this request; undefined where only the primary may. */
  readonly seen: LogPosition | undefined
  /** A transaction that this person knows of has ended on the primary, which had come this far by then. */
  wrote(position: LogPosition): void
}

/** For work that decides or changes something: asked of the primary alone. */
export const atPrimary = (trail: Trail | undefined): Trail | undefined =>
  trail?.seen === undefined ? trail : { seen: undefined, wrote: (position) => trail.wrote(position) }
