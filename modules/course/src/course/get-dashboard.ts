import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { CourseCard, Dashboard, NextUp } from '../contract.ts'
import { isOpen, isUnfinished, stateOfUnfinished } from '../lock/open-item.ts'
import { selectCourseCards } from './select-course-cards.ts'

/** More than anybody studies at a time; the list of courses holds the rest. */
const MOST_COURSES = 60
const NEXT_UP = 3

/** What is due next, what the caller studies, most recently seen first, and what the caller teaches. */
export async function getDashboard(context: CourseContext): Promise<Dashboard> {
  // Sent together: the second answer costs no second round trip.
  const [cards, due] = await Promise.all([
    selectCourseCards(context, {
      onlyMine: true,
      tail: sql`course.deleted_at is null
        and (enrolment.role in ('teacher', 'assistant') or course.published_at is not null or course.archived_at is not null)
        order by enrolment.last_seen_at desc nulls last, enrolment.enrolled_at desc, course.id limit ${MOST_COURSES}`
    }),
    selectDue(context)
  ])
  const studying = cards.filter(({ role }) => role === 'learner' || role === 'observer')
  const teaching = cards.filter(({ role }) => role === 'teacher' || role === 'assistant')
  return { nextUp: fillUp(due, studying), studying, teaching }
}

/** Open items with a date that are not completed, the most urgent first. */
async function selectDue({ tx, now, userId }: CourseContext): Promise<NextUp[]> {
  const { rows } = await sql<NextUp>`
    select due."itemId", due.title, due.kind, course.id as "courseId", course.title as "courseTitle", course.color,
      due."dueAt", due.minutes, due.state
    from course.enrolment as enrolment
    join course.course as course on course.id = enrolment.course_id
    cross join lateral (
      select item.id as "itemId", item.title, item.kind, item.due_at as "dueAt", item.minutes,
        ${stateOfUnfinished} as state
      from course.item as item
      join course.unit as unit on unit.id = item.unit_id
      where item.course_id = enrolment.course_id and item.required and item.due_at is not null
        and ${isUnfinished} and ${isOpen(now)}
      order by item.due_at, item.id limit ${NEXT_UP}
    ) as due
    where enrolment.user_id = ${userId} and enrolment.ended_at is null and enrolment.role = 'learner'
      and course.deleted_at is null and course.published_at is not null and course.archived_at is null
    order by due."dueAt", due."itemId" limit ${NEXT_UP}`.execute(tx)
  return rows
}

/** Where little is due, going on with what was studied last is what comes next. */
function fillUp(due: readonly NextUp[], studying: readonly CourseCard[]): NextUp[] {
  const going = studying.flatMap((card): NextUp[] => {
    if (!card.resume || card.status !== 'published' || due.some(({ itemId }) => itemId === card.resume?.itemId))
      return []
    return [
      { ...card.resume, courseId: card.id, courseTitle: card.title, color: card.color, dueAt: null, minutes: null }
    ]
  })
  return [...due, ...going].slice(0, NEXT_UP)
}
