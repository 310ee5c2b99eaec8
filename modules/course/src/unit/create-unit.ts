import { newId } from '@lyceum/platform/id'
import type { CourseContext, Given } from '../context.ts'
import type { OutlineUnit } from '../contract.ts'
import { loadAccess, mustEdit } from '../course/course-access.ts'
import { lockOutline, noteOutlineChange } from '../outline/change-outline.ts'
import { rankAfter } from '../outline/rank.ts'
import { readTitle } from '../outline/title.ts'
import { reloadUnit } from './load-unit.ts'

export async function createUnit(
  context: CourseContext,
  { courseId, title }: Given<'createUnit'>
): Promise<OutlineUnit> {
  mustEdit(await loadAccess(context, courseId))
  await lockOutline(context, courseId)
  // Removed units count too: one that is restored keeps its place.
  const last = await context.tx
    .selectFrom('course.unit')
    .select('rank')
    .where('course_id', '=', courseId)
    .orderBy('rank', 'desc')
    .limit(1)
    .executeTakeFirst()
  const id = newId()
  await context.tx
    .insertInto('course.unit')
    .values({ id, course_id: courseId, title: readTitle(title), rank: rankAfter(last?.rank) })
    .execute()
  await noteOutlineChange(context, courseId)
  return reloadUnit(context, courseId, id)
}
