import { defineError, invalidFields } from '@lyceum/platform/errors'
import type { Course, CourseHome, OutlineItem, OutlineUnit } from '../contract.ts'
import { courseLock, locksOf, openIn } from '../lock/lock.ts'

/** An item as it lies in the outline, before anybody's locks are put on it: until then it is open. */
export interface OutlineEntry extends OutlineItem {
  /** Published and asking for completion: what the progress of a course counts. */
  readonly required: boolean
}

export interface OutlinePart extends Omit<OutlineUnit, 'items' | 'lock'> {
  readonly items: OutlineEntry[]
}

/** An item as everybody finds it in the outline. */
export type PlainEntry = Omit<OutlineEntry, 'state' | 'completedAt' | 'lock'>

export interface PlainUnit extends Omit<OutlinePart, 'items'> {
  readonly items: readonly PlainEntry[]
}

/** What is the same for everybody who looks at a course. */
export interface Outline {
  readonly version: number
  /** How many items it holds. */
  readonly items: number
  readonly units: readonly PlainUnit[]
  readonly byId: ReadonlyMap<string, PlainEntry>
  /** Whether any item has a due date. */
  readonly isDated: boolean
}

export const OutlineStale = defineError(
  'course.outline-stale',
  'stale',
  (_version: number) => 'Somebody changed the outline in the meantime. Look at the newest version, then move again.',
  (version) => ({ facts: { version } })
)

export interface Viewed {
  readonly course: Pick<Course, 'startsAt' | 'endsAt' | 'status'>
  /** Staff see drafts, and nothing is locked for them. */
  readonly staff: boolean
  readonly now: Date
}

/**
 * The outline as one reader sees it: without drafts and with locks for a learner, whole and open for staff. The locks
 * are put on the items given: a course has hundreds, and copying them all only to add one field is slow.
 */
export function viewOutline(parts: readonly OutlinePart[], viewed: Viewed): OutlineUnit[] {
  if (viewed.staff) return parts.map((part) => ({ ...part, lock: [] }))
  const locks = locksOf(viewed.course, parts, viewed.now)
  return parts.flatMap((part) => {
    const items = part.items.filter((item) => item.published)
    for (const item of items) item.lock = locks.items.get(item.id) ?? []
    return items.length > 0 ? [{ ...part, items, lock: locks.units.get(part.id) ?? [] }] : []
  })
}

/** How far somebody is: counted from the outline at hand. */
export function countProgress(parts: readonly OutlinePart[], completedAt: string | null): CourseHome['progress'] {
  let total = 0
  let left = 0
  let minutesLeft = 0
  for (const { items } of parts) {
    for (const item of items) {
      if (!item.required) continue
      total += 1
      if (item.completedAt !== null) continue
      left += 1
      minutesLeft += item.minutes ?? 0
    }
  }
  return { completed: total - left, total, minutesLeft, completedAt }
}

/** Where “Continue” leads: the item left open last if it is unfinished, else the first unfinished one that is open. */
export function resumeAt(
  parts: readonly OutlinePart[],
  units: readonly OutlineUnit[],
  lastItemId: string | null
): CourseHome['resume'] {
  const required = new Set<string>()
  for (const part of parts) for (const item of part.items) if (item.required) required.add(item.id)
  let first: OutlineItem | undefined
  for (const unit of units) {
    for (const item of unit.items) {
      if (item.state === 'completed' || item.lock.length > 0 || !required.has(item.id)) continue
      if (item.id === lastItemId) return placeOf(item)
      first ??= item
    }
  }
  return first ? placeOf(first) : null
}

const placeOf = ({
  id,
  title,
  kind,
  minutes,
  state
}: Pick<OutlineItem, 'id' | 'title' | 'kind' | 'minutes' | 'state'>): CourseHome['resume'] => ({
  itemId: id,
  title,
  kind,
  minutes,
  state
})

/** The same as `resumeAt` for a learner, without putting the whole outline together. */
export function resumeOfLearner(
  parts: readonly OutlinePart[],
  viewed: Omit<Viewed, 'staff'>,
  lastItemId: string | null
): CourseHome['resume'] {
  const item = firstOpen(parts, viewed, lastItemId)
  return item ? placeOf(item) : null
}

/** Items with a due date that a learner can open and has not completed. */
export function openWithDueDate(parts: readonly OutlinePart[], { course, now }: Omit<Viewed, 'staff'>): OutlineEntry[] {
  if (courseLock(course, now).length > 0) return []
  const isOpen = openIn(parts, now)
  return parts.flatMap((part) =>
    part.items.filter((item) => item.dueAt !== null && isUnfinished(item) && isOpen(part, item))
  )
}

function firstOpen(
  parts: readonly OutlinePart[],
  { course, now }: Omit<Viewed, 'staff'>,
  lastItemId: string | null
): OutlineEntry | undefined {
  if (courseLock(course, now).length > 0) return undefined
  const isOpen = openIn(parts, now)
  const last = lastItemId === null ? undefined : parts.find(({ items }) => items.some(({ id }) => id === lastItemId))
  const left = last?.items.find(({ id }) => id === lastItemId)
  if (last && left && isUnfinished(left) && isOpen(last, left)) return left
  for (const part of parts) for (const item of part.items) if (isUnfinished(item) && isOpen(part, item)) return item
  return undefined
}

const isUnfinished = (item: OutlineEntry): boolean => item.required && item.completedAt === null

/** When the next unit or item opens by date, which may change where “Continue” leads; null: nothing will. */
export function nextOpening(parts: readonly OutlinePart[], now: Date): string | null {
  const dates = parts.flatMap((part) => [part.opensAt, ...part.items.map(({ opensAt }) => opensAt)])
  const ahead = dates.filter((at): at is string => at !== null && Date.parse(at) > now.getTime())
  return ahead.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null
}

/** The items before and after one in reading order; headings are no place to stop at. */
export function neighboursOf(
  units: readonly OutlineUnit[],
  itemId: string
): { previousItemId: string | null; nextItemId: string | null } {
  const stops = units.flatMap((unit) => unit.items).filter(({ id, kind }) => kind !== 'heading' || id === itemId)
  const at = stops.findIndex(({ id }) => id === itemId)
  return { previousItemId: (at > 0 && stops[at - 1]?.id) || null, nextItemId: stops[at + 1]?.id ?? null }
}

export interface Arrangement {
  readonly unitId: string
  readonly itemIds: readonly string[]
}

/** Refuses an order that leaves out, repeats or invents a unit or item: moving must never lose anything. */
export function mustHoldTheSame(parts: readonly OutlinePart[], arrangement: readonly Arrangement[]): void {
  const units = arrangement.map(({ unitId }) => unitId)
  const items = arrangement.flatMap(({ itemIds }) => itemIds)
  const same =
    isSameSet(
      parts.map(({ id }) => id),
      units
    ) &&
    isSameSet(
      parts.flatMap((part) => part.items.map(({ id }) => id)),
      items
    )
  if (same) return
  throw invalidFields([
    {
      field: '/units',
      code: 'not-the-outline',
      message: 'Every unit and item of the course has to be in the new order exactly once. Load the outline again.'
    }
  ])
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && new Set(other).size === other.length && one.every((id) => other.includes(id))
