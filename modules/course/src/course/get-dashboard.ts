import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { CourseCard, Dashboard, NextUp } from '../contract.ts'
import { openWithDueDate } from '../outline/outline.ts'
import { type Study, standingStudies } from './select-course-cards.ts'

/** More than anybody studies at a time; the list of courses holds the rest. */
const MOST_COURSES = 60
const NEXT_UP = 3

const selectMine = standingStudies({
  onlyMine: true,
  dated: true,
  tail: sql`course.deleted_at is null
    and (enrolment.role in ('teacher', 'assistant') or course.published_at is not null or course.archived_at is not null)
    order by enrolment.last_seen_at desc nulls last, enrolment.enrolled_at desc, course.id limit ${sql.lit(MOST_COURSES)}`
})

/** What is due next, what the caller studies, most recently seen first, and what the caller teaches. */
export async function getDashboard(context: CourseContext): Promise<Dashboard> {
  const studies = await selectMine(context)
  const cards = studies.map(({ card }) => card)
  const studying = cards.filter(({ role }) => role === 'learner' || role === 'observer')
  const teaching = cards.filter(({ role }) => role === 'teacher' || role === 'assistant')
  return { nextUp: fillUp(dueOf(studies, context.now), studying), studying, teaching }
}

/** Open items with a date that are not completed, the most urgent first. */
function dueOf(studies: readonly Study[], now: Date): NextUp[] {
  const due = studies.flatMap(({ card, parts }) =>
    parts === null || card.role !== 'learner' || card.status !== 'published'
      ? []
      : openWithDueDate(parts, { course: card, now }).map(
          ({ id, title, kind, dueAt, minutes, state }): NextUp => ({
            itemId: id,
            title,
            kind,
            courseId: card.id,
            courseTitle: card.title,
            color: card.color,
            dueAt,
            minutes,
            state
          })
        )
  )
  return due.sort(byDueDate).slice(0, NEXT_UP)
}

const byDueDate = (one: NextUp, other: NextUp): number =>
  compare(one.dueAt ?? '', other.dueAt ?? '') || compare(one.itemId, other.itemId)

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** Where little is due, going on with what was studied last is what comes next. */
function fillUp(due: readonly NextUp[], studying: readonly CourseCard[]): NextUp[] {
  const going = studying.flatMap((card): NextUp[] => {
    if (!card.resume || card.status !== 'published' || due.some(({ itemId }) => itemId === card.resume?.itemId))
      return []
    return [{ ...card.resume, courseId: card.id, courseTitle: card.title, color: card.color, dueAt: null }]
  })
  return [...due, ...going].slice(0, NEXT_UP)
}
