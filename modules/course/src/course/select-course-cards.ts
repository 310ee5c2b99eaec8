import { type RawBuilder, sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { Course, CourseCard, EnrolmentRole, ItemKind, ProgressState } from '../contract.ts'
import { courseLock } from '../lock/lock.ts'
import { isCourseOpen, isOpen, isUnfinished, stateOfUnfinished } from '../lock/open-item.ts'
import { courseColumns } from './select-course.ts'

interface Row extends Course {
  readonly role: EnrolmentRole | null
  readonly completed: number
  readonly total: number
  readonly minutesLeft: number
  readonly completedAt: string | null
  readonly resumeId: string | null
  readonly resumeTitle: string
  readonly resumeKind: ItemKind
  readonly resumeState: ProgressState
  readonly learners: number | null
}

/**
 * Courses as their cards show them, in one statement however many they are.
 * @param tail conditions, order and limit over `course` and the caller's `enrolment`
 * @param onlyMine leave out courses that the caller is not in
 */
export async function selectCourseCards(
  { tx, now, userId }: CourseContext,
  { onlyMine, tail }: { readonly onlyMine: boolean; readonly tail: RawBuilder<unknown> }
): Promise<CourseCard[]> {
  const { rows } = await sql<Row>`
    select ${courseColumns}, enrolment.role,
      coalesce(enrolment.completed_items, 0) as completed, course.required_items as total,
      greatest(course.required_minutes - coalesce(enrolment.completed_minutes, 0), 0) as "minutesLeft",
      enrolment.completed_at as "completedAt",
      coalesce(known.id, latest.id, first.id) as "resumeId", coalesce(known.title, latest.title, first.title) as "resumeTitle",
      coalesce(known.kind, latest.kind, first.kind) as "resumeKind", coalesce(known.state, latest.state, first.state) as "resumeState",
      case when enrolment.role in ('teacher', 'assistant') or not ${onlyMine} then (
        select count(*) from course.enrolment as learner
        where learner.course_id = course.id and learner.role = 'learner' and learner.ended_at is null
      ) end as learners
    ${onlyMine ? MY_COURSES : ALL_COURSES(userId)}
    left join lateral (
      select item.id, item.title, item.kind, ${stateOfUnfinished} as state from course.item as item
      where item.id = enrolment.next_item_id and (enrolment.next_item_until is null or enrolment.next_item_until > ${now})
        and item.required and enrolment.role = 'learner' and ${isCourseOpen(now)}
    ) as known on true
    left join lateral (
      ${unfinished(now)} and item.id = enrolment.last_item_id and known.id is null
    ) as latest on true
    left join lateral (
      ${unfinished(now)} and known.id is null and latest.id is null and enrolment.completed_items < course.required_items
      order by unit.rank, unit.id, item.rank, item.id limit 1
    ) as first on true
    where ${onlyMine ? sql`enrolment.user_id = ${userId} and enrolment.ended_at is null and` : sql``} ${tail}`.execute(
    tx
  )
  return rows.map((row) => cardOf(row, now))
}

const MY_COURSES = sql`from course.enrolment as enrolment join course.course as course on course.id = enrolment.course_id`

const ALL_COURSES = (userId: string) => sql`from course.course as course
  left join course.enrolment as enrolment
    on enrolment.course_id = course.id and enrolment.user_id = ${userId} and enrolment.ended_at is null`

/**
 * Items of a learner's course that are asked for, open and not completed. What is required is not removed either; that is
 * said again for the sake of the index.
 */
const unfinished = (now: Date) => sql`
  select item.id, item.title, item.kind, ${stateOfUnfinished} as state
  from course.unit as unit
  join course.item as item on item.course_id = course.id and item.unit_id = unit.id and item.required
    and item.deleted_at is null
  where unit.course_id = course.id and unit.deleted_at is null and enrolment.role = 'learner'
    and ${isUnfinished} and ${isOpen(now)}`

function cardOf(row: Row, now: Date): CourseCard {
  const { completed, total, minutesLeft, completedAt, resumeId, resumeTitle, resumeKind, resumeState, ...course } = row
  return {
    ...course,
    progress: { completed, total, minutesLeft, completedAt },
    resume: resumeId === null ? null : { itemId: resumeId, title: resumeTitle, kind: resumeKind, state: resumeState },
    lock: row.role === 'learner' ? courseLock(row, now) : []
  }
}
