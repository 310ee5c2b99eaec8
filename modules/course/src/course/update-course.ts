import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Course } from '../contract.ts'
import { readTitle } from '../outline/title.ts'
import { CourseStale, mustEndAfterStart } from './course.ts'
import { loadAccess, mustEdit } from './course-access.ts'
import { reloadCourse } from './select-course.ts'

/** Changes the settings that are given and leaves the others; refuses with `course.stale` what was edited from an older version. */
export async function updateCourse(
  context: CourseContext,
  { courseId, ...given }: Given<'updateCourse'>
): Promise<Course> {
  const access = await loadAccess(context, courseId)
  mustEdit(access)
  const { version } = await context.tx
    .selectFrom('course.course')
    .select('version')
    .where('id', '=', courseId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  if (version !== context.expectedVersion) throw CourseStale(version)
  mustEndAfterStart({ ...access.course, ...given })
  await context.tx
    .updateTable('course.course')
    .set({
      ...(given.title === undefined ? {} : { title: readTitle(given.title) }),
      ...(given.code === undefined ? {} : { code: given.code?.trim() || null }),
      ...(given.description === undefined ? {} : { description: given.description.trim() }),
      ...(given.locale === undefined ? {} : { locale: given.locale }),
      ...(given.color === undefined ? {} : { color: given.color }),
      ...(given.coverFileId === undefined ? {} : { cover_file_id: given.coverFileId }),
      ...(given.startsAt === undefined ? {} : { starts_at: given.startsAt }),
      ...(given.endsAt === undefined ? {} : { ends_at: given.endsAt }),
      version: sql`version + 1`
    })
    .where('id', '=', courseId)
    .execute()
  return reloadCourse(context, courseId)
}
