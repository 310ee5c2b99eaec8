import { cutPage, readCursor } from '@lyceum/platform/page'
import type { Page } from '@lyceum/platform/schema'
import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { CourseCard } from '../contract.ts'
import { MANAGE_COURSES } from './course-access.ts'
import { selectCourseCards } from './select-course-cards.ts'

/** By title. Learners and observers find no drafts; the bin opens to those who may edit. */
export async function listCourses(
  context: CourseContext,
  { cursor, limit = 50, search, status, deleted = false }: Given<'listCourses'>
): Promise<Page<CourseCard>> {
  const all = context.caller.permissions.includes(MANAGE_COURSES)
  const after = readCursor(cursor, 2)
  const conditions = [
    deleted ? sql`course.deleted_at is not null` : sql`course.deleted_at is null`,
    ...(all ? [] : [deleted ? sql`enrolment.role = 'teacher'` : NO_DRAFTS_FOR_LEARNERS]),
    ...(status ? [STATUS[status]] : []),
    ...(search?.trim() ? [matches(search.trim())] : []),
    ...(after ? [sql`(lower(course.title), course.id) > (lower(${after[0]}), ${after[1]}::uuid)`] : [])
  ]
  const cards = await selectCourseCards(context, {
    onlyMine: !all,
    tail: sql`${sql.join(conditions, sql` and `)} order by lower(course.title), course.id limit ${limit + 1}`
  })
  return cutPage(cards, limit, ({ title, id }) => [title, id])
}

const NO_DRAFTS_FOR_LEARNERS = sql`(enrolment.role in ('teacher', 'assistant') or course.published_at is not null or course.archived_at is not null)`

const STATUS = {
  draft: sql`course.published_at is null and course.archived_at is null`,
  published: sql`course.published_at is not null and course.archived_at is null`,
  archived: sql`course.archived_at is not null`
}

function matches(search: string) {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  return sql`(course.title ilike ${pattern} or course.code ilike ${pattern})`
}
