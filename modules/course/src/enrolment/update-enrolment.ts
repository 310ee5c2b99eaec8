import type { CourseContext, Given } from '../context.ts'
import type { Enrolment } from '../contract.ts'
import { loadAccess, mustManagePeople } from '../course/course-access.ts'
import { EnrolmentNotFound } from './enrolment.ts'
import { mustLeaveTeacher } from './last-teacher.ts'
import { mustBeLearners } from './observed-learners.ts'
import { selectEnrolments } from './select-enrolments.ts'

/** Changes the role in the course, and whom an observer follows; other roles follow nobody. */
export async function updateEnrolment(
  context: CourseContext,
  { enrolmentId, role: newRole, observes: newObserves }: Given<'updateEnrolment'>
): Promise<Enrolment> {
  const { tx } = context
  const before = await tx
    .selectFrom('course.enrolment')
    .select(['id', 'course_id', 'role', 'observes'])
    .where('id', '=', enrolmentId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (!before) throw EnrolmentNotFound()
  mustManagePeople(await loadAccess(context, before.course_id))
  const role = newRole ?? before.role
  const observes = role === 'observer' ? (newObserves ?? before.observes) : []
  if (newObserves) await mustBeLearners(context, before.course_id, observes)
  if (role !== 'teacher') await mustLeaveTeacher(context, before)
  await tx.updateTable('course.enrolment').set({ role, observes }).where('id', '=', enrolmentId).execute()
  const after = await selectEnrolments(tx).where('enrolment.id', '=', enrolmentId).executeTakeFirst()
  if (!after) throw EnrolmentNotFound()
  return after
}
