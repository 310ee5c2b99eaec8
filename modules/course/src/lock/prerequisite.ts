import { defineError } from '@lyceum/platform/errors'

const PrerequisitesInCircle = defineError(
  'course.prerequisites-in-circle',
  'conflict',
  (titles: readonly string[]) =>
    `Nobody could ever open these, because each waits for the next: ${titles.map((title) => `“${title}”`).join(' → ')}. Take one of the prerequisites away.`
)
export const PrerequisiteElsewhere = defineError(
  'course.prerequisite-elsewhere',
  'invalid',
  () => 'A prerequisite has to be in the same course. Choose one from its outline.',
  () => ({ errors: [{ field: '/requires', code: 'not-in-course', message: 'not in this course' }] })
)

export interface Prerequisites {
  readonly id: string
  readonly title: string
  readonly requires: readonly string[]
  readonly items: readonly { readonly id: string; readonly title: string; readonly requires: readonly string[] }[]
}

/**
 * Refuses prerequisites that would lock each other for ever. An item waits for its own prerequisites and, through its
 * unit, for every item of the units that come first.
 */
export function mustHaveNoCircle(units: readonly Prerequisites[]): void {
  const titles = new Map<string, string>()
  const waitsFor = new Map<string, readonly string[]>()
  for (const unit of units) {
    titles.set(unit.id, unit.title)
    waitsFor.set(unit.id, unit.items.length > 0 ? unit.items.map(({ id }) => id) : unit.requires)
    for (const item of unit.items) {
      titles.set(item.id, item.title)
      waitsFor.set(item.id, [...item.requires, ...unit.requires])
    }
  }
  const circle = findCircle(waitsFor)
  if (circle) throw PrerequisitesInCircle(circle.map((id) => titles.get(id) ?? id))
}

/** The nodes of one circle, the first repeated at the end; depth first, each node entered once. */
function findCircle(waitsFor: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const onPath = new Set<string>()
  const enter = (id: string): string[] | undefined => {
    if (onPath.has(id)) return [...path.slice(path.indexOf(id)), id]
    if (done.has(id)) return undefined
    path.push(id)
    onPath.add(id)
    for (const next of waitsFor.get(id) ?? []) {
      const circle = enter(next)
      if (circle) return circle
    }
    path.pop()
    onPath.delete(id)
    done.add(id)
    return undefined
  }
  for (const id of waitsFor.keys()) {
    const circle = enter(id)
    if (circle) return circle
  }
  return undefined
}
