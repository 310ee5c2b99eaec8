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

const isAskedFor = ({ published, completion, kind }: OutlineItem): boolean =>
  published && kind !== 'heading' && completion.kind !== 'none'

/** A unit with nothing left to do is put away until somebody asks for it. */
export const isFinished = (unit: OutlineUnit): boolean => {
  const { completed, total } = unitProgress(unit)
  return total > 0 && completed === total
}

/** The items one can go to, in reading order. */
export const stopsOf = (units: readonly OutlineUnit[]): OutlineItem[] =>
  units.flatMap(({ items }) => items.filter(({ kind }) => kind !== 'heading'))
