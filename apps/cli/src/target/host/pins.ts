import { StillNeeded } from '../../release/target.ts'
import type { Counted } from './process-metrics.ts'

/** People whose browsers are pinned to a release, and when the last pin is over; null when nobody can say. */
export type Pins = { readonly count: number; readonly until: Date | null } | null

/** What one process says: it asks the database, so any of them knows of all. */
export function pinsIn(counted: Counted, release: string): Pins {
  const unknown = [...counted.pins.values()].some(({ count }) => Number.isNaN(count))
  return unknown ? null : (counted.pins.get(release) ?? { count: 0, until: null })
}

/** @throws StillNeeded when somebody is kept on a release, or nobody can say */
export function mustHaveNoPins(pins: Pins, release: string): void {
  if (pins === null)
    throw new StillNeeded(
      'target.pins-unknown',
      'No process can say who is pinned, so nothing is stopped. Try again when one answers and has its database.'
    )
  if (pins.count === 0) return
  throw new StillNeeded(
    'target.pins-open',
    `${pins.count} people are kept on ${release} until ${pins.until?.toISOString()}. It can be retired after that.`
  )
}
