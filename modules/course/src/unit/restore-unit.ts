import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { OutlineUnit } from '../contract.ts'
import { noteRequirementChange } from '../outline/change-outline.ts'
import { checkPrerequisites } from '../outline/check-prerequisites.ts'
import { loadUnitToEdit, reloadUnit } from './load-unit.ts'

/** Brings a unit back with the items that were removed together with it. */
export async function restoreUnit(context: CourseContext, { unitId }: Given<'restoreUnit'>): Promise<OutlineUnit> {
  const { courseId, deletedAt } = await loadUnitToEdit(context, unitId, { removed: true })
  if (deletedAt !== null) {
    await context.tx
      .updateTable('course.item as item')
      .set({ deleted_at: null, version: sql`item.version + 1` })
      .where('item.course_id', '=', courseId)
      .where('item.unit_id', '=', unitId)
      .where('item.deleted_at', '=', sql<string>`(select deleted_at from course.unit where id = ${unitId})`)
      .execute()
    await context.tx
      .updateTable('course.unit')
      .set({ deleted_at: null, version: sql`version + 1` })
      .where('id', '=', unitId)
      .execute()
    await checkPrerequisites(context, courseId)
    await noteRequirementChange(context, courseId)
  }
  return reloadUnit(context, courseId, unitId)
}
