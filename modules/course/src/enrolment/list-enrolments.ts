import { cutPage, readCursor } from '@lyceum/platform/page'
import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Enrolment } from '../contract.ts'
import { loadAccess, mustSeeProgress } from '../course/course-access.ts'
import { containing, nameKey, selectEnrolments } from './select-enrolments.ts'

/** People of a course by name, for its staff. `total` counts everybody who matches, not the page. */
export async function listEnrolments(
  context: CourseContext,
  { courseId, cursor, limit = 50, role, search }: Given<'listEnrolments'>
): Promise<{ entries: Enrolment[]; nextCursor: string | null; total: number }> {
  mustSeeProgress(await loadAccess(context, courseId))
  const after = readCursor(cursor, 2)
  let matching = selectEnrolments(context.tx).where('enrolment.course_id', '=', courseId)
  if (role) matching = matching.where('enrolment.role', '=', role)
  if (search?.trim())
    matching = matching.where(({ eb, or }) =>
      or([eb('person.name', 'ilike', containing(search)), eb('person.email', 'ilike', containing(search))])
    )
  const page = after
    ? matching.where(sql<boolean>`(${nameKey()}, enrolment.id) > (${nameKey(after[0])}, ${after[1]}::uuid)`)
    : matching
  const [rows, { total }] = await Promise.all([
    page
      .orderBy(nameKey())
      .orderBy('enrolment.id')
      .limit(limit + 1)
      .execute(),
    matching
      .clearSelect()
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
  ])
  return { ...cutPage(rows, limit, ({ name, id }) => [name, id]), total }
}
