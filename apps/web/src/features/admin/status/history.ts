import type { StatusMoment } from '@lyceum/platform/system/contract'

/** Moments in a row in which a part was the same. */
export interface Stretch {
  readonly moment: StatusMoment
  /** Places in the history, the end excluded. */
  readonly from: number
  readonly to: number
}

export function stretchesOf(slots: readonly StatusMoment[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const [place, moment] of slots.entries()) {
    const last = stretches.at(-1)
    if (last?.moment === moment) stretches[stretches.length - 1] = { ...last, to: place + 1 }
    else stretches.push({ moment, from: place, to: place + 1 })
  }
  return stretches
}
