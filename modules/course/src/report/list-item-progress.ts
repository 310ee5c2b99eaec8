import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { ItemProgress } from '../contract.ts'
import { loadAccess } from '../course/course-access.ts'
import { progressScope } from './progress-scope.ts'

/** Items that ask for completion, in order, with how many learners are where; `medianSeconds` is of those who spent any. */
export async function listItemProgress(
  context: CourseContext,
  { courseId }: Given<'listItemProgress'>
): Promise<{ learners: number; entries: ItemProgress[] }> {
  const scope = progressScope(await loadAccess(context, courseId))
  const { tx } = context
  const learners = sql`
    select user_id from course.enrolment
    where course_id = ${courseId} and role = 'learner' and ended_at is null
      ${scope ? sql`and user_id = any(${scope}::uuid[])` : sql``}`
  const [counted, { rows: entries }] = await Promise.all([
    sql<{ learners: number }>`select count(*) as learners from (${learners}) as learner`.execute(tx),
    sql<ItemProgress>`
      with learner as materialized (${learners}),
      counted as (
        select item_id,
          count(*) filter (where completed_at is not null) as completed,
          count(*) filter (where completed_at is null and opened_at is not null) as in_progress,
          percentile_cont(0.5) within group (order by seconds) filter (where seconds > 0) as median
        from course.progress join learner using (user_id)
        where course_id = ${courseId}
        group by item_id
      )
      select item.id as "itemId", item.title, item.kind,
        (select count(*) from learner) - coalesce(completed, 0) - coalesce(in_progress, 0) as "notStarted",
        coalesce(in_progress, 0) as "inProgress",
        coalesce(completed, 0) as completed,
        round(median)::integer as "medianSeconds"
      from course.unit
      join course.item on item.course_id = unit.course_id and item.unit_id = unit.id
      left join counted on counted.item_id = item.id
      where unit.course_id = ${courseId} and unit.deleted_at is null and item.required
      order by unit.rank, unit.id, item.rank, item.id`.execute(tx)
  ])
  return { learners: counted.rows[0]?.learners ?? 0, entries }
}
