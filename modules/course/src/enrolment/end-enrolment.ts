import type { CourseContext, Given } from '../context.ts'
import { loadAccess, mustManagePeople } from '../course/course-access.ts'
import { EnrolmentNotFound } from './enrolment.ts'
import { mustLeaveTeacher } from './last-teacher.ts'

/** Takes a person out of a course. Progress is kept and counts again when they come back; ending twice is harmless. */
export async function endEnrolment(
  context: CourseContext,
  { enrolmentId }: Given<'endEnrolment'>
): Promise<{ done: true }> {
  const { tx, now } = context
  const enrolment = await tx
    .selectFrom('course.enrolment')
    .select(['id', 'course_id', 'role', 'ended_at'])
    .where('id', '=', enrolmentId)
    .executeTakeFirst()
  if (!enrolment) throw EnrolmentNotFound()
  mustManagePeople(await loadAccess(context, enrolment.course_id))
  if (enrolment.ended_at !== null) return { done: true }
  await mustLeaveTeacher(context, enrolment)
  await tx
    .updateTable('course.enrolment')
    .set({ ended_at: now })
    .where('id', '=', enrolmentId)
    .where('ended_at', 'is', null)
    .execute()
  return { done: true }
}
