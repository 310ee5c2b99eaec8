import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Course } from '../contract.ts'
import { loadAccess, mustEdit } from './course-access.ts'
import { reloadCourse } from './select-course.ts'

/** Closes a course to its learners; their progress waits for it to open again. */
export async function unpublishCourse(context: CourseContext, { courseId }: Given<'unpublishCourse'>): Promise<Course> {
  mustEdit(await loadAccess(context, courseId))
  await context.tx
    .updateTable('course.course')
    .set({ published_at: null, published_by: null, version: sql`version + 1` })
    .where('id', '=', courseId)
    .where('published_at', 'is not', null)
    .execute()
  return reloadCourse(context, courseId)
}
