import type { OutlineItem, OutlineUnit } from '@lyceum/course/contract'

/** How far somebody is in a unit, counting what is asked for. */
export function unitProgress({ items }: Pick<OutlineUnit, 'items'>) {
  const asked = items.filter(isAskedFor)
  const left = asked.filter(({ state }) => state !== 'completed')
  return {
    completed: asked.length - left.length,
    total: asked.length,
    minutesLeft: left.reduce((sum, { minutes }) => sum + (minutes ?? 0), 0)
  }
}

export const isAskedFor = ({ published, completion, kind }: OutlineItem): boolean =>
  published && kind !== 'heading' && completion.kind !== 'none'

/** A unit with nothing left to do is put away until somebody asks for it. */
export const isFinished = (unit: OutlineUnit): boolean => {
  const { completed, total } = unitProgress(unit)
  return total > 0 && completed === total
}

/** The items one can go to, in reading order. */
export const stopsOf = (units: readonly OutlineUnit[]): OutlineItem[] =>
  units.flatMap(({ items }) => items.filter(({ kind }) => kind !== 'heading'))

/** What to look at after `itemId`: the next unfinished item that is open, wherever it is in the course. */
export function nextOpen(units: readonly OutlineUnit[], itemId: string): OutlineItem | undefined {
  const stops = stopsOf(units)
  const at = stops.findIndex(({ id }) => id === itemId)
  return [...stops.slice(at + 1), ...stops.slice(0, Math.max(0, at))].find(
    (item) => item.lock.length === 0 && item.state !== 'completed' && isAskedFor(item)
  )
}
