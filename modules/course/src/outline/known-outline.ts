import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { Outline, OutlinePart, PlainEntry, PlainUnit } from './outline.ts'

/** Items kept in memory over all courses: some twenty megabytes. */
const MOST_ITEMS = 50_000

/** The newest outline seen of each course, the one used longest ago first. */
const kept = new Map<string, Outline>()
let keptItems = 0

export interface Wanted {
  readonly courseId: string
  readonly outlineVersion: number
}

/**
 * Outlines by course, drafts included, without anybody's progress. Every edit of a unit or item counts up the course's
 * `outlineVersion` in its own transaction; so an outline of the version just read need not be read again. For operations
 * that only read: inside a transaction that edits, an outline may be one that is never committed.
 */
export async function knownOutlines(
  context: Pick<CourseContext, 'tx' | 'tenantId'>,
  wanted: readonly Wanted[]
): Promise<ReadonlyMap<string, Outline>> {
  const found = new Map<string, Outline>()
  const missing: string[] = []
  for (const { courseId, outlineVersion } of wanted) {
    const key = `${context.tenantId}/${courseId}`
    const outline = kept.get(key)
    if (outline?.version === outlineVersion) {
      kept.delete(key)
      kept.set(key, outline)
      found.set(courseId, outline)
    } else missing.push(courseId)
  }
  if (missing.length === 0) return found
  for (const [courseId, outline] of await selectOutlines(context, missing)) {
    found.set(courseId, outline)
    keep(`${context.tenantId}/${courseId}`, outline)
  }
  return found
}

function keep(key: string, outline: Outline): void {
  forget(key)
  kept.set(key, outline)
  keptItems += outline.items
  for (const oldest of kept.keys()) {
    if (keptItems <= MOST_ITEMS) return
    forget(oldest)
  }
}

function forget(key: string): void {
  keptItems -= kept.get(key)?.items ?? 0
  kept.delete(key)
}

interface Row extends Omit<PlainEntry, 'id'> {
  readonly courseId: string
  readonly outlineVersion: number
  readonly id: string | null
  readonly unitTitle: string
  readonly unitOpensAt: string | null
  readonly unitRequires: string[]
  readonly unitVersion: number
}

interface Gathered {
  readonly version: number
  items: number
  readonly units: (PlainUnit & { items: PlainEntry[] })[]
  readonly byId: Map<string, PlainEntry>
  isDated: boolean
}

/** Version and content come from one statement and so from one snapshot. */
async function selectOutlines(
  { tx }: Pick<CourseContext, 'tx'>,
  courseIds: readonly string[]
): Promise<Map<string, Outline>> {
  const { rows } = await sql<Row>`
    select course.id as "courseId", course.outline_version as "outlineVersion",
      unit.id as "unitId", unit.title as "unitTitle", unit.opens_at as "unitOpensAt", unit.requires as "unitRequires",
      unit.version as "unitVersion",
      item.id, item.kind, item.title, item.minutes, item.published, item.completion, item.required,
      item.opens_at as "opensAt", item.due_at as "dueAt", item.requires, item.version
    from course.course as course
    join course.unit as unit on unit.course_id = course.id and unit.deleted_at is null
    left join course.item as item on item.course_id = unit.course_id and item.unit_id = unit.id and item.deleted_at is null
    where course.id = any(${courseIds}::uuid[])
    order by course.id, unit.rank, unit.id, item.rank, item.id`.execute(tx)
  const outlines = new Map<string, Gathered>()
  for (const row of rows) {
    const { courseId, outlineVersion, unitTitle, unitOpensAt, unitRequires, unitVersion, id, ...item } = row
    const outline: Gathered = outlines.get(courseId) ?? {
      version: outlineVersion,
      items: 0,
      units: [],
      byId: new Map(),
      isDated: false
    }
    outlines.set(courseId, outline)
    let unit = outline.units.at(-1)
    if (unit?.id !== row.unitId) {
      unit = {
        id: row.unitId,
        title: unitTitle,
        opensAt: unitOpensAt,
        requires: unitRequires,
        version: unitVersion,
        items: []
      }
      outline.units.push(unit)
    }
    outline.items += 1
    if (id === null) continue
    const entry = { id, ...item }
    unit.items.push(entry)
    outline.byId.set(id, entry)
    if (item.dueAt !== null) outline.isDated = true
  }
  return outlines
}

/** What somebody has done of the items of a course: when it was completed, or null for items that were only opened. */
export type Done = Readonly<Record<string, string | null>>

/** An outline as `loadOutline` reads it for one person. */
export const withProgress = (outline: Outline | undefined, done: Done): OutlinePart[] =>
  (outline?.units ?? []).map((unit) => ({
    id: unit.id,
    title: unit.title,
    opensAt: unit.opensAt,
    requires: unit.requires,
    version: unit.version,
    items: unit.items.map((item) => {
      const completedAt = done[item.id]
      return {
        id: item.id,
        unitId: item.unitId,
        kind: item.kind,
        title: item.title,
        minutes: item.minutes,
        published: item.published,
        completion: item.completion,
        required: item.required,
        opensAt: item.opensAt,
        dueAt: item.dueAt,
        requires: item.requires,
        version: item.version,
        state: completedAt ? 'completed' : completedAt === null ? 'in-progress' : 'not-started',
        completedAt: completedAt ?? null,
        lock: OPEN
      }
    })
  }))

const OPEN: [] = []
