import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import { type Course, CoursePublished } from '../contract.ts'
import { CourseArchived } from './course.ts'
import { loadAccess, mustEdit } from './course-access.ts'
import { reloadCourse } from './select-course.ts'

/** Opens a course to its learners and tells the other modules, once however often it is asked for. */
export async function publishCourse(context: CourseContext, { courseId }: Given<'publishCourse'>): Promise<Course> {
  const access = await loadAccess(context, courseId)
  mustEdit(access)
  if (access.course.status === 'archived') throw CourseArchived(access.course.title)
  const published = await context.tx
    .updateTable('course.course')
    .set({ published_at: context.now, published_by: context.userId, version: sql`version + 1` })
    .where('id', '=', courseId)
    .where('published_at', 'is', null)
    .returning('title as courseTitle')
    .executeTakeFirst()
  if (published) await context.publish(CoursePublished, { courseId, ...published })
  return reloadCourse(context, courseId)
}
