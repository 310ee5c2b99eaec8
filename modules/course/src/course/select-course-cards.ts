import { standingQuery } from '@lyceum/platform/standing-query'
import { type RawBuilder, sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { Course, CourseCard, EnrolmentRole } from '../contract.ts'
import { courseLock } from '../lock/lock.ts'
import { type Done, knownOutlines, withProgress } from '../outline/known-outline.ts'
import { type Outline, type OutlinePart, resumeOfLearner } from '../outline/outline.ts'
import { courseColumns } from './select-course.ts'

interface Row extends Course {
  readonly role: EnrolmentRole | null
  readonly completed: number
  readonly total: number
  readonly minutesLeft: number
  readonly completedAt: string | null
  readonly lastItemId: string | null
  /** Where the learner goes on, where that is remembered, and whether they opened it. */
  readonly nextItemId: string | null
  readonly nextOpened: boolean | null
  /** Where it is not: ids of the items they completed and of those they only opened, separated by commas. */
  readonly completedIds: string | null
  readonly openedIds: string | null
  readonly learners: number | null
}

export interface Selection {
  /** Conditions, order and limit over `course` and the caller's `enrolment`. */
  readonly tail: RawBuilder<unknown>
  /** Leaves out courses that the caller is not in. */
  readonly onlyMine: boolean
  /** Also reads the progress of courses in which something has a due date. */
  readonly dated: boolean
}

/** What differs from one reader and moment to the next. */
interface Reader {
  readonly userId: string
  readonly now: Date
}

/** Courses as their cards show them, in one statement however many they are. */
export async function selectCourseCards(
  context: CourseContext,
  selection: Omit<Selection, 'dated'>
): Promise<CourseCard[]> {
  const { tx, userId, now } = context
  const given: Reader = { userId, now }
  const { rows } = await studies((name) => sql`${given[name]}`, { ...selection, dated: false }).execute(tx)
  const found = await studiesOf(context, rows)
  return found.map(({ card }) => card)
}

/** A course's card, and its outline with the caller's progress where that had to be read: without, there is nothing due. */
export interface Study {
  readonly card: CourseCard
  readonly parts: readonly OutlinePart[] | null
}

/** Reads one selection, again and again. */
export function standingStudies(selection: Selection): (context: CourseContext) => Promise<Study[]> {
  const select = standingQuery<Row, Reader>((place) => studies(place, selection))
  return async (context) => studiesOf(context, await select(context.tx, { userId: context.userId, now: context.now }))
}

const studies = (place: (name: keyof Reader) => RawBuilder<unknown>, { onlyMine, tail, dated }: Selection) => {
  const userId = place('userId')
  const isRemembered = sql`(enrolment.next_item_id is not null
    and (enrolment.next_item_until is null or enrolment.next_item_until > ${place('now')}))`
  return sql<Row>`
    select ${courseColumns}, enrolment.role,
      coalesce(enrolment.completed_items, 0) as completed, course.required_items as total,
      greatest(course.required_minutes - coalesce(enrolment.completed_minutes, 0), 0) as "minutesLeft",
      enrolment.completed_at as "completedAt", enrolment.last_item_id as "lastItemId",
      case when ${isRemembered} then enrolment.next_item_id end as "nextItemId",
      case when ${isRemembered} then (
        select progress.opened_at is not null from course.progress as progress
        where progress.course_id = course.id and progress.user_id = enrolment.user_id
          and progress.item_id = enrolment.next_item_id
      ) end as "nextOpened",
      done."completedIds", done."openedIds",
      case when ${onlyMine ? sql`enrolment.role in ('teacher', 'assistant')` : sql`true`} then (
        select count(*) from course.enrolment as learner
        where learner.course_id = course.id and learner.role = 'learner' and learner.ended_at is null
      ) end as learners
    ${onlyMine ? MY_COURSES : allCourses(userId)}
    left join lateral (
      select string_agg(progress.item_id::text, ',') filter (where progress.completed_at is not null) as "completedIds",
        string_agg(progress.item_id::text, ',') filter (where progress.completed_at is null and progress.opened_at is not null) as "openedIds"
      from course.progress as progress
      where progress.course_id = enrolment.course_id and progress.user_id = enrolment.user_id
        and enrolment.role = 'learner' and enrolment.completed_items < course.required_items
        and (not ${isRemembered} ${dated ? OR_DATED : sql``})
    ) as done on true
    where ${onlyMine ? sql`enrolment.user_id = ${userId} and enrolment.ended_at is null and` : sql``} ${tail}`
}

async function studiesOf(context: CourseContext, rows: readonly Row[]): Promise<Study[]> {
  const outlines = await knownOutlines(
    context,
    rows.flatMap((row) => (isStudying(row) ? [{ courseId: row.id, outlineVersion: row.outlineVersion }] : []))
  )
  return rows.map((row) => studyOf(row, outlines.get(row.id), context.now))
}

const OR_DATED = sql`or exists (
  select from course.item as item where item.course_id = course.id and item.required and item.due_at is not null)`

const MY_COURSES = sql`from course.enrolment as enrolment join course.course as course on course.id = enrolment.course_id`

const allCourses = (userId: RawBuilder<unknown>) => sql`from course.course as course
  left join course.enrolment as enrolment
    on enrolment.course_id = course.id and enrolment.user_id = ${userId} and enrolment.ended_at is null`

const isStudying = ({ role, completed, total, nextItemId }: Row): boolean =>
  role === 'learner' && (nextItemId !== null || completed < total)

function studyOf(row: Row, outline: Outline | undefined, now: Date): Study {
  const { completed, total, minutesLeft, completedAt, lastItemId, completedIds, openedIds } = row
  const isRemembered = row.nextItemId !== null
  const parts =
    outline && (!isRemembered || completedIds !== null || openedIds !== null || outline.isDated)
      ? withProgress(outline, doneOf(row))
      : null
  const resume = isRemembered
    ? rememberedIn(outline, row, now)
    : parts && resumeOfLearner(parts, { course: row, now }, lastItemId)
  // The row holds more than a card; an answer has only what the contract names.
  const card = {
    ...row,
    progress: { completed, total, minutesLeft, completedAt },
    resume,
    lock: row.role === 'learner' ? courseLock(row, now) : []
  }
  return { card, parts }
}

function rememberedIn(outline: Outline | undefined, row: Row, now: Date): CourseCard['resume'] {
  const item = row.nextItemId === null ? undefined : outline?.byId.get(row.nextItemId)
  if (!item?.required || courseLock(row, now).length > 0) return null
  const { id, title, kind, minutes } = item
  return { itemId: id, title, kind, minutes, state: row.nextOpened ? 'in-progress' : 'not-started' }
}

/** When something was completed is no matter here. */
function doneOf({ completedIds, openedIds }: Row): Done {
  const done: Record<string, string | null> = {}
  for (const id of openedIds?.split(',') ?? []) done[id] = null
  for (const id of completedIds?.split(',') ?? []) done[id] = COMPLETED
  return done
}

const COMPLETED = 'completed'
