import type { CourseContext } from '../context.ts'
import type { EnrolmentRole } from '../contract.ts'
import { LastTeacher } from './enrolment.ts'

interface Leaving {
  readonly id: string
  readonly course_id: string
  readonly role: EnrolmentRole
}

/** Refuses to take the last teacher from a course, also when two teachers remove each other at the same moment. */
export async function mustLeaveTeacher({ tx }: CourseContext, { id, course_id, role }: Leaving): Promise<void> {
  if (role !== 'teacher') return
  // The course's row stands for its set of teachers: whoever changes it waits here. Weaker than FOR UPDATE, which would
  // also stop learners from saving progress.
  const { title } = await tx
    .selectFrom('course.course')
    .select('title')
    .where('id', '=', course_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  const other = await tx
    .selectFrom('course.enrolment')
    .select('id')
    .where('course_id', '=', course_id)
    .where('role', '=', 'teacher')
    .where('ended_at', 'is', null)
    .where('id', '!=', id)
    .limit(1)
    .executeTakeFirst()
  if (!other) throw LastTeacher(title)
}
