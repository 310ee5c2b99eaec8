import { newId } from '@lyceum/platform/id'
import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import { type EnrolmentRole, LearnerEnrolled } from '../contract.ts'

export interface Wanted {
  readonly courseId: string
  readonly userId: string
  readonly role: EnrolmentRole
  /** For observers: the learners they may follow. */
  readonly observes?: readonly string[]
}

export interface Enrolled {
  readonly enrolmentId: string
  readonly courseId: string
  readonly userId: string
}

/**
 * Enrols a batch, whatever its size, in one statement, and says so once for each. Whoever is enrolled already stays as
 * they are and is left out of the answer. Progress made before an enrolment ended counts again.
 */
export async function enrol(
  { tx, now, publishAll }: CourseContext,
  wanted: readonly Wanted[],
  enrolledBy: string | null
): Promise<Enrolled[]> {
  const once = new Map(wanted.map((one) => [`${one.courseId} ${one.userId}`, one]))
  const given = [...once.values()].map(({ courseId, userId, role, observes = [] }) => ({
    id: newId(),
    course_id: courseId,
    user_id: userId,
    role,
    observes
  }))
  // Coming back is a new enrolment with an id of its own, so that undoing the earlier one cannot end it. Ordered, so that
  // two batches of the same people wait for each other instead of locking each other out.
  const made = sql<Enrolled & { courseTitle: string; role: EnrolmentRole }>`
    with made as (
      insert into course.enrolment as enrolment (id, course_id, user_id, role, observes, enrolled_at, enrolled_by)
      select id, course_id, user_id, role, observes, ${now}, ${enrolledBy}
      from jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
        as given(id uuid, course_id uuid, user_id uuid, role text, observes uuid[])
      order by course_id, user_id
      on conflict (tenant_id, course_id, user_id) do update
      set id = excluded.id, role = excluded.role, observes = excluded.observes, enrolled_at = excluded.enrolled_at,
        enrolled_by = excluded.enrolled_by, ended_at = null
      where enrolment.ended_at is not null
      returning id, course_id, user_id, role
    )
    select made.id as "enrolmentId", made.course_id as "courseId", made.user_id as "userId", made.role,
      course.title as "courseTitle"
    from made join course.course on course.id = made.course_id`
  // Courses before enrolments, the order in which an edit of the outline locks them.
  const [, { rows }] = await Promise.all([
    sql`select from course.course where id = any(${[...new Set(given.map((one) => one.course_id))]}::uuid[])
      order by id for key share`.execute(tx),
    made.execute(tx)
  ])
  await publishAll(
    LearnerEnrolled,
    rows.map(({ enrolmentId, courseId, courseTitle, userId, role }) => ({
      enrolmentId,
      courseId,
      courseTitle,
      userId,
      role
    }))
  )
  return rows
}
