import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { Course } from '../contract.ts'

/**
 * A course as the contract shows it, from the table aliased `course`. The cover has an address of ours that redirects to
 * the signed one: a list of courses would otherwise have to ask for as many signatures, and could not be kept by a browser.
 */
export const courseColumns = sql`
  course.id, course.title, course.code, course.description, course.locale,
  case when course.archived_at is not null then 'archived' when course.published_at is not null then 'published' else 'draft' end as status,
  course.starts_at as "startsAt", course.ends_at as "endsAt",
  '/api/v1/courses/' || course.id || '/cover/' || course.cover_file_id as "coverUrl",
  course.cover_file_id as "coverFileId", course.color, course.published_at as "publishedAt",
  course.deleted_at as "deletedAt", course.version, course.outline_version as "outlineVersion"`

/** A course that is known to be there, after a change. */
export async function reloadCourse({ tx }: Pick<CourseContext, 'tx'>, courseId: string): Promise<Course> {
  const { rows } =
    await sql<Course>`select ${courseColumns} from course.course as course where course.id = ${courseId}`.execute(tx)
  const [course] = rows
  if (!course) throw new Error(`Course ${courseId} was changed and is gone`)
  return course
}
