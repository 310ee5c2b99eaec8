import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { OutlineUnit } from '../contract.ts'
import { noteOutlineChange } from '../outline/change-outline.ts'
import { checkPrerequisites, mustBelongTo } from '../outline/check-prerequisites.ts'
import { readTitle } from '../outline/title.ts'
import { loadUnitToEdit, reloadUnit } from './load-unit.ts'
import { UnitStale } from './unit.ts'

export async function updateUnit(
  context: CourseContext,
  { unitId, title, opensAt, requires }: Given<'updateUnit'>
): Promise<OutlineUnit> {
  const { courseId, version } = await loadUnitToEdit(context, unitId)
  if (version !== context.expectedVersion) throw UnitStale(version)
  await context.tx
    .updateTable('course.unit')
    .set({
      ...(title === undefined ? {} : { title: readTitle(title) }),
      ...(opensAt === undefined ? {} : { opens_at: opensAt }),
      ...(requires === undefined ? {} : { requires: await mustBelongTo(context, 'course.unit', courseId, requires) }),
      version: sql`version + 1`
    })
    .where('id', '=', unitId)
    .execute()
  if (requires !== undefined) await checkPrerequisites(context, courseId)
  await noteOutlineChange(context, courseId)
  return reloadUnit(context, courseId, unitId)
}
