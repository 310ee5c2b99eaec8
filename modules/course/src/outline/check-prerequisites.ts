import type { CourseContext } from '../context.ts'
import { mustHaveNoCircle, PrerequisiteElsewhere } from '../lock/prerequisite.ts'
import { loadOutline } from './load-outline.ts'

/** After an edit: refuses it, and so takes it back, if units or items now wait for each other. */
export async function checkPrerequisites(context: CourseContext, courseId: string): Promise<void> {
  mustHaveNoCircle(await loadOutline(context, courseId, context.userId))
}

/** Prerequisites may have been removed, since removing is undone; they may not belong to another course. */
export async function mustBelongTo(
  { tx }: CourseContext,
  table: 'course.item' | 'course.unit',
  courseId: string,
  ids: readonly string[]
): Promise<string[]> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return wanted
  const found = await tx
    .selectFrom(table)
    .select('id')
    .where('course_id', '=', courseId)
    .where('id', 'in', wanted)
    .execute()
  if (found.length !== wanted.length) throw PrerequisiteElsewhere()
  return wanted
}
