import type { CourseContext } from '../context.ts'
import { ObservedNotLearner } from './enrolment.ts'

/** Refuses to let an observer follow anybody who is not a learner of the course. */
export async function mustBeLearners(
  { tx }: CourseContext,
  courseId: string,
  userIds: readonly string[]
): Promise<void> {
  const wanted = [...new Set(userIds)]
  if (wanted.length === 0) return
  const { found } = await tx
    .selectFrom('course.enrolment')
    .select(({ fn }) => fn.countAll<number>().as('found'))
    .where('course_id', '=', courseId)
    .where('user_id', 'in', wanted)
    .where('role', '=', 'learner')
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  if (found !== wanted.length) throw ObservedNotLearner()
}
