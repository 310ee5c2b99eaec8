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
  // Sent together: the second answer costs no second round trip.
  const [frame, done] = await Promise.all([selectFrame(context, courseId), selectDone(context, courseId)])
  if (!frame) throw CourseNotFound(courseId)
  const { enrolmentId, role, observes, lastItemId, completedAt, teachers, ...course } = frame
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
}

async function selectFrame({ tx, userId }: CourseContext, courseId: string): Promise<Frame | undefined> {
  const { rows } = await sql<Frame>`
    select ${courseColumns}, enrolment.id as "enrolmentId", enrolment.role, enrolment.observes,
      enrolment.last_item_id as "lastItemId", enrolment.completed_at as "completedAt",
      coalesce((
        select json_agg(json_build_object('userId', person.user_id, 'name', person.name) order by person.name)
        from course.enrolment as teacher join course.person as person on person.user_id = teacher.user_id
        where teacher.course_id = course.id and teacher.role = 'teacher' and teacher.ended_at is null
      ), '[]') as teachers
    from course.course as course
    left join course.enrolment as enrolment
      on enrolment.course_id = course.id and enrolment.user_id = ${userId} and enrolment.ended_at is null
    where course.id = ${courseId}`.execute(tx)
  return rows[0]
}

async function selectDone({ tx, userId }: CourseContext, courseId: string): Promise<Done> {
  const { rows } = await sql<{ itemId: string; completedAt: string | null }>`
    select item_id as "itemId", completed_at as "completedAt" from course.progress
    where course_id = ${courseId} and user_id = ${userId} and coalesce(opened_at, completed_at) is not null`.execute(tx)
  return new Map(rows.map(({ itemId, completedAt }) => [itemId, completedAt]))
}
