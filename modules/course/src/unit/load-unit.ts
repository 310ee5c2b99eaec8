import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { OutlineUnit } from '../contract.ts'
import { loadAccess, mustEdit } from '../course/course-access.ts'
import { loadOutline } from '../outline/load-outline.ts'
import { viewOutline } from '../outline/outline.ts'
import { UnitNotFound } from './unit.ts'

export interface UnitToEdit {
  readonly courseId: string
  readonly version: number
  readonly deletedAt: string | null
}

/**
 * A unit that the caller may edit, with its course locked for one edit at a time.
 * Refuses with `course.unit-not-found` what was removed, unless `removed` asks for just that.
 */
export async function loadUnitToEdit(
  context: CourseContext,
  unitId: string,
  { removed = false } = {}
): Promise<UnitToEdit> {
  const found = await context.tx
    .selectFrom('course.unit')
    .select('course_id as courseId')
    .where('id', '=', unitId)
    .executeTakeFirst()
  if (!found) throw UnitNotFound(unitId)
  mustEdit(await loadAccess(context, found.courseId))
  await sql`select from course.course where id = ${found.courseId} for no key update`.execute(context.tx)
  const unit = await context.tx
    .selectFrom('course.unit')
    .select(['course_id as courseId', 'version', 'deleted_at as deletedAt'])
    .where('id', '=', unitId)
    .executeTakeFirst()
  if (!unit || (unit.deletedAt !== null && !removed)) throw UnitNotFound(unitId)
  return unit
}

/** A unit that is known to be there, after a change, as its editor sees it. */
export async function reloadUnit(context: CourseContext, courseId: string, unitId: string): Promise<OutlineUnit> {
  const parts = await loadOutline(context, courseId, context.userId)
  const course = { startsAt: null, endsAt: null, status: 'draft' } as const
  const unit = viewOutline(parts, { course, staff: true, now: context.now }).find(({ id }) => id === unitId)
  if (!unit) throw UnitNotFound(unitId)
  return unit
}
