import { standingQuery } from '@lyceum/platform/standing-query'
import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Course, CourseHome, EnrolmentRole } from '../contract.ts'
import { type Done, knownOutlines, withProgress } from '../outline/known-outline.ts'
import { countProgress, resumeAt, viewOutline } from '../outline/outline.ts'
import { CourseNotFound } from './course.ts'
import { accessTo } from './course-access.ts'
import { courseColumns } from './select-course.ts'

/** A course as its reader meets it: the outline with their progress and locks, and where to go on. */
export async function getCourseHome(
  context: CourseContext,
  { courseId, asLearner = false }: Given<'getCourseHome'>
): Promise<CourseHome> {
  const [frame] = await selectFrame(context.tx, { courseId, userId: context.userId })
  if (!frame) throw CourseNotFound(courseId)
  const { enrolmentId, role, observes, lastItemId, completedAt, teachers, done, ...course } = frame
  const enrolment = enrolmentId && role ? { id: enrolmentId, role, observes: observes ?? [] } : null
  const { abilities, staff } = accessTo(course, enrolment, context.caller)
  const outlines = await knownOutlines(context, [{ courseId, outlineVersion: course.outlineVersion }])
  const parts = withProgress(outlines.get(courseId), done)
  const units = viewOutline(parts, { course, staff: staff && !asLearner, now: context.now })
  return {
    course,
    role,
    abilities,
    teachers,
    units,
    progress: countProgress(parts, completedAt),
    resume: resumeAt(parts, units, lastItemId)
  }
}

interface Frame extends Course {
  readonly enrolmentId: string | null
  readonly role: EnrolmentRole | null
  readonly observes: string[] | null
  readonly lastItemId: string | null
  readonly completedAt: string | null
  readonly teachers: { userId: string; name: string }[]
  readonly done: Done
}

/** One row, however much of the course is done: what is done comes as one JSON object. */
const selectFrame = standingQuery<Frame, { courseId: string; userId: string }>(
  (the) => sql`
    select ${courseColumns}, enrolment.id as "enrolmentId", enrolment.role, enrolment.observes,
      enrolment.last_item_id as "lastItemId", enrolment.completed_at as "completedAt",
      coalesce((
        select json_agg(json_build_object('userId', person.user_id, 'name', person.name) order by person.name)
        from course.enrolment as teacher join course.person as person on person.user_id = teacher.user_id
        where teacher.course_id = course.id and teacher.role = 'teacher' and teacher.ended_at is null
      ), '[]') as teachers,
      coalesce((
        select json_object_agg(progress.item_id, to_char(progress.completed_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        from course.progress as progress
        where progress.course_id = course.id and progress.user_id = ${the('userId')}
          and coalesce(progress.opened_at, progress.completed_at) is not null
      ), '{}') as done
    from course.course as course
    left join course.enrolment as enrolment
      on enrolment.course_id = course.id and enrolment.user_id = ${the('userId')} and enrolment.ended_at is null
    where course.id = ${the('courseId')}`
)
