import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Course } from '../contract.ts'
import { loadAccess, mustEdit } from './course-access.ts'
import { reloadCourse } from './select-course.ts'

/** Takes a course out of the archive, as a draft: whoever does so decides anew when learners see it. */
export async function unarchiveCourse(context: CourseContext, { courseId }: Given<'unarchiveCourse'>): Promise<Course> {
  mustEdit(await loadAccess(context, courseId))
  await context.tx
    .updateTable('course.course')
    .set({ archived_at: null, archived_by: null, published_at: null, published_by: null, version: sql`version + 1` })
    .where('id', '=', courseId)
    .where('archived_at', 'is not', null)
    .execute()
  return reloadCourse(context, courseId)
}
