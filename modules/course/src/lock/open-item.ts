import { type SqlBool, sql } from 'kysely'

/**
 * What `lock.ts` says of one item, as a condition, for lists over many courses. The tables are aliased `course`, `unit`,
 * `item` and `enrolment`. Both are held together by a test over random courses.
 */
export const isOpen = (now: Date) => sql<SqlBool>`
  ${isCourseOpen(now)}
  and (unit.opens_at is null or unit.opens_at <= ${now})
  and (item.opens_at is null or item.opens_at <= ${now})
  and (item.requires = '{}' or not exists (
    select from course.item as earlier
    left join course.progress as done
      on done.course_id = earlier.course_id and done.user_id = enrolment.user_id and done.item_id = earlier.id
    where earlier.id = any(item.requires) and earlier.required and earlier.deleted_at is null and done.completed_at is null))
  and (unit.requires = '{}' or not exists (
    select from course.item as earlier
    left join course.progress as done
      on done.course_id = earlier.course_id and done.user_id = enrolment.user_id and done.item_id = earlier.id
    where earlier.course_id = course.id and earlier.unit_id = any(unit.requires) and earlier.required
      and earlier.deleted_at is null and done.completed_at is null))`

export const isCourseOpen = (now: Date) => sql<SqlBool>`
  (course.starts_at is null or course.starts_at <= ${now})
  and (course.ends_at is null or course.archived_at is not null or course.ends_at > ${now})`

/**
 * The learner of `enrolment` has not completed `item`. As a subquery rather than a join: the planner takes the progress of
 * one person in one course for a single row, and joining would read all of it for every item.
 */
export const isUnfinished = sql<SqlBool>`
  (select progress.completed_at from course.progress as progress
    where progress.course_id = item.course_id and progress.user_id = enrolment.user_id and progress.item_id = item.id) is null`

export const stateOfUnfinished = sql<'not-started' | 'in-progress'>`
  case when (select progress.opened_at from course.progress as progress
    where progress.course_id = item.course_id and progress.user_id = enrolment.user_id and progress.item_id = item.id) is null
  then 'not-started' else 'in-progress' end`
