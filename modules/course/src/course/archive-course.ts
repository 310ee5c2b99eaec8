import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Course } from '../contract.ts'
import { loadAccess, mustEdit } from './course-access.ts'
import { reloadCourse } from './select-course.ts'

/** Ends a course for good: learners keep reading, nobody completes anything in it any more. */
export async function archiveCourse(context: CourseContext, { courseId }: Given<'archiveCourse'>): Promise<Course> {
  mustEdit(await loadAccess(context, courseId))
  await context.tx
    .updateTable('course.course')
    .set({ archived_at: context.now, archived_by: context.userId, version: sql`version + 1` })
    .where('id', '=', courseId)
    .where('archived_at', 'is', null)
    .execute()
  return reloadCourse(context, courseId)
}
