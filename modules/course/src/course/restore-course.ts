import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Course } from '../contract.ts'
import { loadAccess, mustOwn } from './course-access.ts'
import { reloadCourse } from './select-course.ts'

/** Takes a course out of the bin, as it was. */
export async function restoreCourse(context: CourseContext, { courseId }: Given<'restoreCourse'>): Promise<Course> {
  mustOwn(await loadAccess(context, courseId))
  await context.tx
    .updateTable('course.course')
    .set({ deleted_at: null, deleted_by: null, version: sql`version + 1` })
    .where('id', '=', courseId)
    .where('deleted_at', 'is not', null)
    .execute()
  return reloadCourse(context, courseId)
}
