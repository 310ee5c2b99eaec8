import type { CourseContext, Given } from '../context.ts'
import type { CourseImport } from '../contract.ts'
import { MANAGE_COURSES } from '../course/course-access.ts'
import { CourseImportNotFound } from './course-import.ts'

/** An import that the caller has started; any import for those who manage all courses. */
export async function getCourseImport(
  { tx, userId, caller }: CourseContext,
  { importId }: Given<'getCourseImport'>
): Promise<CourseImport> {
  const found = await tx
    .selectFrom('course.course_import')
    .select([
      'id',
      'file_name as fileName',
      'state',
      'course_id as courseId',
      'units',
      'items',
      'assets',
      'warnings',
      'error',
      'created_at as createdAt'
    ])
    .where('id', '=', importId)
    .$if(!caller.permissions.includes(MANAGE_COURSES), (query) => query.where('created_by', '=', userId))
    .executeTakeFirst()
  if (!found) throw CourseImportNotFound(importId)
  return found
}
