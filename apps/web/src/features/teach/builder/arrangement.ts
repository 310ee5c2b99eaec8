import type { OutlineItem, OutlineUnit } from '@lyceum/course/contract'

/** The order of a course: units, and the items within each. */
export type Arrangement = readonly { readonly unitId: string; readonly itemIds: readonly string[] }[]

/** What a person did, in terms that still make sense after somebody else has changed the outline. */
export type Move =
  | {
      readonly kind: 'items'
      readonly ids: readonly string[]
      readonly unitId: string
      /** The item they come after; null for the top of the unit. */
      readonly after: string | null
    }
  | { readonly kind: 'unit'; readonly id: string; readonly after: string | null }

export type Step = 'up' | 'down' | 'first' | 'last'

export const arrangementOf = (units: readonly OutlineUnit[]): Arrangement =>
  units.map(({ id, items }) => ({ unitId: id, itemIds: items.map((item) => item.id) }))

/**
 * The order after a move; `undefined` when what was to be moved, or the unit it was to go to, is not there any more.
 * An anchor that is gone leads to the end.
 */
export function applyMove(order: Arrangement, move: Move): Arrangement | undefined {
  if (move.kind === 'unit') {
    const unit = order.find(({ unitId }) => unitId === move.id)
    return unit && insertAfter(without(order, move.id), [unit], move.after, ({ unitId }) => unitId)
  }
  const present = new Set(order.flatMap(({ itemIds }) => itemIds))
  const ids = move.ids.filter((id) => present.has(id))
  if (ids.length === 0 || !order.some(({ unitId }) => unitId === move.unitId)) return undefined
  return order.map(({ unitId, itemIds }) => {
    const rest = itemIds.filter((id) => !ids.includes(id))
    return { unitId, itemIds: unitId === move.unitId ? insertAfter(rest, ids, move.after, (id) => id) : rest }
  })
}

/** The moves that bring everything back to where it was. */
export function inverseOf(order: Arrangement, move: Move): Move[] {
  if (move.kind === 'unit') {
    const at = order.findIndex(({ unitId }) => unitId === move.id)
    return at < 0 ? [] : [{ kind: 'unit', id: move.id, after: order[at - 1]?.unitId ?? null }]
  }
  // In outline order, so that each finds the one it followed already back in its place.
  return order.flatMap(({ unitId, itemIds }) =>
    itemIds.flatMap((id, at) =>
      move.ids.includes(id) ? [{ kind: 'items' as const, ids: [id], unitId, after: itemIds[at - 1] ?? null }] : []
    )
  )
}

/** One key's worth of moving an item: past its neighbour, and over the border into the next unit. */
export function stepItem(order: Arrangement, id: string, step: Step): Move | undefined {
  const at = order.findIndex(({ itemIds }) => itemIds.includes(id))
  const unit = order[at]
  if (!unit) return undefined
  const others = unit.itemIds.filter((one) => one !== id)
  const place = unit.itemIds.indexOf(id)
  const to = (unitId: string, after: string | null): Move => ({ kind: 'items', ids: [id], unitId, after })
  if (step === 'first') return to(unit.unitId, null)
  if (step === 'last') return to(unit.unitId, others.at(-1) ?? null)
  if (step === 'up') {
    if (place > 0) return to(unit.unitId, others[place - 2] ?? null)
    const previous = order[at - 1]
    return previous && to(previous.unitId, previous.itemIds.at(-1) ?? null)
  }
  if (place < others.length) return to(unit.unitId, others[place] ?? null)
  const next = order[at + 1]
  return next && to(next.unitId, null)
}

/** One key's worth of moving a unit past its neighbour. */
export function stepUnit(order: Arrangement, id: string, step: Step): Move | undefined {
  const ids = order.map(({ unitId }) => unitId)
  const place = ids.indexOf(id)
  if (place < 0) return undefined
  const others = ids.filter((one) => one !== id)
  const target = { up: place - 1, down: place + 1, first: 0, last: others.length }[step]
  if (target < 0 || target > others.length) return undefined
  return { kind: 'unit', id, after: others[target - 1] ?? null }
}

/** Where an item or unit is, counted from 1, for saying it. */
export function placeOf(
  order: Arrangement,
  id: string
): { readonly unitId: string | undefined; readonly position: number; readonly count: number } | undefined {
  const unitAt = order.findIndex(({ unitId }) => unitId === id)
  if (unitAt >= 0) return { unitId: undefined, position: unitAt + 1, count: order.length }
  const unit = order.find(({ itemIds }) => itemIds.includes(id))
  return unit && { unitId: unit.unitId, position: unit.itemIds.indexOf(id) + 1, count: unit.itemIds.length }
}

/** The move that leads from one order to another by one item or unit, as a drag leaves them. */
export function moveTo(order: Arrangement, id: string): Move | undefined {
  const unitAt = order.findIndex(({ unitId }) => unitId === id)
  if (unitAt >= 0) return { kind: 'unit', id, after: order[unitAt - 1]?.unitId ?? null }
  const unit = order.find(({ itemIds }) => itemIds.includes(id))
  if (!unit) return undefined
  return { kind: 'items', ids: [id], unitId: unit.unitId, after: unit.itemIds[unit.itemIds.indexOf(id) - 1] ?? null }
}

export const isSameOrder = (one: Arrangement, other: Arrangement): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

/** The outline in another order; what the order does not name is left out. */
export function arrange(units: readonly OutlineUnit[], order: Arrangement): OutlineUnit[] {
  const unitsById = new Map(units.map((unit) => [unit.id, unit]))
  const itemsById = new Map<string, OutlineItem>(units.flatMap(({ items }) => items.map((item) => [item.id, item])))
  return order.flatMap(({ unitId, itemIds }) => {
    const unit = unitsById.get(unitId)
    if (!unit) return []
    const items = itemIds.flatMap((id) => {
      const item = itemsById.get(id)
      return item ? [item.unitId === unitId ? item : { ...item, unitId }] : []
    })
    return [{ ...unit, items }]
  })
}

const without = (order: Arrangement, id: string): Arrangement => order.filter(({ unitId }) => unitId !== id)

function insertAfter<T>(list: readonly T[], added: readonly T[], after: string | null, idOf: (one: T) => string): T[] {
  if (after === null) return [...added, ...list]
  const at = list.findIndex((one) => idOf(one) === after)
  return at < 0 ? [...list, ...added] : [...list.slice(0, at + 1), ...added, ...list.slice(at + 1)]
}
