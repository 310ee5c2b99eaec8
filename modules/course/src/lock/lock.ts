import type { CompletionRule, Course, LockReason } from '../contract.ts'

export interface LockableItem {
  readonly id: string
  readonly title: string
  readonly completion: CompletionRule
  readonly opensAt: string | null
  readonly requires: readonly string[]
  /** Published and asking for completion: what a prerequisite or the end of a course waits for. */
  readonly required: boolean
  readonly completedAt: string | null
}

export interface LockableUnit {
  readonly id: string
  readonly title: string
  readonly opensAt: string | null
  readonly requires: readonly string[]
  readonly items: readonly LockableItem[]
}

export type CourseDates = Pick<Course, 'startsAt' | 'endsAt' | 'status'>

export interface Locks {
  readonly course: LockReason[]
  readonly units: ReadonlyMap<string, LockReason[]>
  /** Everything that keeps an item closed: its own reasons after those of its unit and course. */
  readonly items: ReadonlyMap<string, LockReason[]>
}

/**
 * What a learner cannot open yet, and why. A prerequisite that asks for nothing (unpublished, removed, or never to be
 * completed) holds nobody up. An archived course stays readable after its end.
 */
export function locksOf(course: CourseDates, units: readonly LockableUnit[], now: Date): Locks {
  const ofCourse = courseLock(course, now)
  const ofUnits = new Map<string, LockReason[]>()
  const ofItems = new Map<string, LockReason[]>()
  const byId = indexed(units)
  for (const unit of units) {
    const own = unitLock(unit, byId, now)
    ofUnits.set(unit.id, own)
    const around = ofCourse.length === 0 ? own : [...ofCourse, ...own]
    for (const item of unit.items) {
      const reasons = itemLock(item, byId, now)
      ofItems.set(item.id, reasons.length === 0 ? around : around.concat(reasons))
    }
  }
  return { course: ofCourse, units: ofUnits, items: ofItems }
}

/** Asks for single items of a course that is open itself whether anything of their own or of their unit keeps them closed. */
export function openIn(units: readonly LockableUnit[], now: Date): (unit: LockableUnit, item: LockableItem) => boolean {
  const byId = indexed(units)
  return (unit, item) => unitLock(unit, byId, now).length === 0 && itemLock(item, byId, now).length === 0
}

interface Index {
  unit(id: string): LockableUnit | undefined
  item(id: string): LockableItem | undefined
}

/** Put together at the first question: most courses have no prerequisites. */
function indexed(units: readonly LockableUnit[]): Index {
  let itemsById: Map<string, LockableItem> | undefined
  let unitsById: Map<string, LockableUnit> | undefined
  return {
    unit: (id) => {
      unitsById ??= new Map(units.map((each) => [each.id, each]))
      return unitsById.get(id)
    },
    item: (id) => {
      itemsById ??= new Map(units.flatMap(({ items }) => items.map((each) => [each.id, each])))
      return itemsById.get(id)
    }
  }
}

export function courseLock({ startsAt, endsAt, status }: CourseDates, now: Date): LockReason[] {
  const reasons: LockReason[] = []
  if (isAhead(startsAt, now)) reasons.push({ code: 'course-starts-at', at: startsAt })
  if (endsAt !== null && status !== 'archived' && Date.parse(endsAt) <= now.getTime())
    reasons.push({ code: 'course-ended-at', at: endsAt })
  return reasons
}

function unitLock(unit: LockableUnit, byId: Index, now: Date): LockReason[] {
  if (unit.opensAt === null && unit.requires.length === 0) return NONE
  const reasons: LockReason[] = []
  if (isAhead(unit.opensAt, now)) reasons.push({ code: 'unit-opens-at', at: unit.opensAt, unitTitle: unit.title })
  for (const unitId of unit.requires) {
    const before = byId.unit(unitId)
    const remaining = before?.items.filter(isOutstanding).length ?? 0
    if (before && remaining > 0) reasons.push({ code: 'requires-unit', unitId, unitTitle: before.title, remaining })
  }
  return reasons
}

function itemLock(item: LockableItem, byId: Index, now: Date): LockReason[] {
  if (item.opensAt === null && item.requires.length === 0) return NONE
  const reasons: LockReason[] = []
  if (isAhead(item.opensAt, now)) reasons.push({ code: 'opens-at', at: item.opensAt })
  for (const itemId of item.requires) {
    const before = byId.item(itemId)
    if (before && isOutstanding(before))
      reasons.push({ code: 'requires-item', itemId, itemTitle: before.title, completion: before.completion })
  }
  return reasons
}

/** Nothing keeps it closed; one list for all that are open. */
const NONE: LockReason[] = []

const isOutstanding = (item: LockableItem): boolean => item.required && item.completedAt === null

const isAhead = (at: string | null, now: Date): at is string => at !== null && Date.parse(at) > now.getTime()
