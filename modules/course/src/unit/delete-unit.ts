import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import { noteRequirementChange } from '../outline/change-outline.ts'
import { loadUnitToEdit } from './load-unit.ts'

/** Removes a unit and its items, all with the same instant, by which restoring knows what went together. */
export async function deleteUnit(context: CourseContext, { unitId }: Given<'deleteUnit'>): Promise<{ done: true }> {
  const { courseId, deletedAt } = await loadUnitToEdit(context, unitId, { removed: true })
  if (deletedAt !== null) return { done: true }
  const removed = { deleted_at: context.now, version: sql<number>`version + 1` }
  await context.tx.updateTable('course.unit').set(removed).where('id', '=', unitId).execute()
  await context.tx
    .updateTable('course.item')
    .set(removed)
    .where('course_id', '=', courseId)
    .where('unit_id', '=', unitId)
    .where('deleted_at', 'is', null)
    .execute()
  await noteRequirementChange(context, courseId)
  return { done: true }
}
