import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Course } from '../contract.ts'
import { loadAccess, mustOwn } from './course-access.ts'
import { reloadCourse } from './select-course.ts'

/** Puts a course in the bin, where only those who may edit it see it. Nothing of it is lost. */
export async function deleteCourse(context: CourseContext, { courseId }: Given<'deleteCourse'>): Promise<Course> {
  mustOwn(await loadAccess(context, courseId))
  await context.tx
    .updateTable('course.course')
    .set({ deleted_at: context.now, deleted_by: context.userId, version: sql`version + 1` })
    .where('id', '=', courseId)
    .where('deleted_at', 'is', null)
    .execute()
  return reloadCourse(context, courseId)
}
