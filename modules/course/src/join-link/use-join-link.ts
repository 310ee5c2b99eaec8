import type { CourseContext } from '../context.ts'
import { enrol } from '../enrolment/enrol.ts'
import { JoinLinkEnded } from './join-link.ts'
import { selectOpenLinks } from './open-links.ts'

/** Enrols a person by a link and counts the use, once per person and never beyond what the link allows. */
export async function useJoinLink(
  context: CourseContext,
  token: string,
  userId: string
): Promise<{ courseId: string }> {
  const before = await joinedCourse(context, token, userId)
  if (before) return before
  // The lock makes people who open the link at the same moment go through one by one, each seeing the count left behind.
  const link = await selectOpenLinks(context)
    .select(['link.id', 'link.course_id as courseId', 'link.role'])
    .where('link.token', '=', token)
    .forUpdate('link')
    .executeTakeFirst()
  if (!link) {
    // The last use of the link may have been this very person's, sent twice.
    const meanwhile = await joinedCourse(context, token, userId)
    if (meanwhile) return meanwhile
    throw JoinLinkEnded()
  }
  const made = await enrol(context, [{ courseId: link.courseId, userId, role: link.role }], userId)
  if (made.length > 0)
    await context.tx
      .updateTable('course.join_link')
      .set(({ eb }) => ({ uses: eb('uses', '+', 1) }))
      .where('id', '=', link.id)
      .execute()
  return { courseId: link.courseId }
}

const joinedCourse = (
  { tx }: CourseContext,
  token: string,
  userId: string
): Promise<{ courseId: string } | undefined> =>
  tx
    .selectFrom('course.join_link as link')
    .innerJoin('course.course as course', 'course.id', 'link.course_id')
    .innerJoin('course.enrolment as enrolment', 'enrolment.course_id', 'link.course_id')
    .select('link.course_id as courseId')
    .where('link.token', '=', token)
    .where('course.deleted_at', 'is', null)
    .where('enrolment.user_id', '=', userId)
    .where('enrolment.ended_at', 'is', null)
    .executeTakeFirst()
