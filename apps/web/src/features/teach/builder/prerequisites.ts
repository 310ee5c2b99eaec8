import type { OutlineUnit } from '@lyceum/course/contract'

/**
 * Why an item or unit may not wait for another: the circle that would come of it, as titles from the one to itself;
 * `undefined` when it may. An item waits for its own prerequisites and, through its unit, for every item of the units
 * that come first.
 */
export function circleOf(units: readonly OutlineUnit[], id: string, candidate: string): string[] | undefined {
  const titles = new Map<string, string>()
  const waitsFor = new Map<string, readonly string[]>()
  for (const unit of units) {
    titles.set(unit.id, unit.title)
    waitsFor.set(unit.id, unit.items.length > 0 ? unit.items.map((item) => item.id) : unit.requires)
    for (const item of unit.items) {
      titles.set(item.id, item.title)
      waitsFor.set(item.id, [...item.requires, ...unit.requires])
    }
  }
  // A unit stands for its items: what leads back to one of them leads back to the unit.
  const targets = new Set([id, ...(units.find((unit) => unit.id === id)?.items.map((item) => item.id) ?? [])])
  const path = wayTo(targets, candidate, waitsFor)
  return path && [id, ...path].map((one) => titles.get(one) ?? one)
}

/** The shortest way from a node to one of the targets. */
function wayTo(
  targets: ReadonlySet<string>,
  from: string,
  waitsFor: ReadonlyMap<string, readonly string[]>
): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]])
  for (const node of cameFrom.keys()) {
    if (targets.has(node)) return trace(node, cameFrom)
    for (const next of waitsFor.get(node) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, node)
  }
  return undefined
}

function trace(node: string, cameFrom: ReadonlyMap<string, string | undefined>): string[] {
  const before = cameFrom.get(node)
  return before === undefined ? [node] : [...trace(before, cameFrom), node]
}
