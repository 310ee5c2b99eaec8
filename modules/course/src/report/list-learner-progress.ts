import { cutPage, readCursor } from '@lyceum/platform/page'
import type { Page } from '@lyceum/platform/schema'
import { type RawBuilder, sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { ItemKind, LearnerProgress, ProgressState } from '../contract.ts'
import { loadAccess } from '../course/course-access.ts'
import { containing } from '../enrolment/select-enrolments.ts'
import { progressScope } from './progress-scope.ts'

interface ReportItem {
  itemId: string
  title: string
  kind: ItemKind
  unitTitle: string
}

/** Learners by name with a letter for every item that asks for completion; an observer gets the learners they follow. */
export async function listLearnerProgress(
  context: CourseContext,
  { courseId, cursor, limit = 50, search, state }: Given<'listLearnerProgress'>
): Promise<Page<LearnerProgress> & { items: ReportItem[] }> {
  const scope = progressScope(await loadAccess(context, courseId))
  const after = readCursor(cursor, 2)
  const items = await requiredItems(context, courseId)
  const conditions = [
    sql`enrolment.course_id = ${courseId} and enrolment.role = 'learner' and enrolment.ended_at is null`,
    ...(scope ? [sql`enrolment.user_id = any(${scope}::uuid[])`] : []),
    ...(state ? [IN_STATE[state]] : []),
    ...(search?.trim()
      ? [sql`(person.name ilike ${containing(search)} or person.email ilike ${containing(search)})`]
      : []),
    ...(after ? [sql`(lower(person.name), person.user_id) > (lower(${after[0]}), ${after[1]}::uuid)`] : [])
  ]
  // The page is cut first: progress is then read for its learners alone, along the primary key.
  const { rows } = await sql<LearnerProgress>`
    with learner as materialized (
      select person.user_id, person.name, person.email, enrolment.completed_items, enrolment.last_seen_at,
        enrolment.completed_at
      from course.enrolment join course.person on person.user_id = enrolment.user_id
      where ${sql.join(conditions, sql` and `)}
      order by lower(person.name), person.user_id limit ${limit + 1}
    )
    select learner.user_id as "userId", learner.name, learner.email, learner.completed_items as completed,
      ${items.length}::integer as total, learner.last_seen_at as "lastSeenAt", learner.completed_at as "completedAt",
      spent.seconds as "secondsSpent", done.states
    from learner
    cross join lateral (
      select coalesce(sum(seconds), 0) as seconds from course.progress
      where course_id = ${courseId} and user_id = learner.user_id
    ) as spent
    cross join lateral (
      select coalesce(string_agg(
        case when progress.completed_at is not null then 'c' when progress.opened_at is not null then 'p' else 'n' end,
        '' order by item.place), '') as states
      from unnest(${items.map(({ itemId }) => itemId)}::uuid[]) with ordinality as item(id, place)
      left join course.progress
        on progress.course_id = ${courseId} and progress.user_id = learner.user_id and progress.item_id = item.id
    ) as done
    order by lower(learner.name), learner.user_id`.execute(context.tx)
  return { ...cutPage(rows, limit, ({ name, userId }) => [name, userId]), items }
}

/** Kept with every report of progress, so that no learner's progress has to be read to tell. */
const IN_STATE: Readonly<Record<ProgressState, RawBuilder<unknown>>> = {
  'not-started': sql`enrolment.last_seen_at is null and enrolment.completed_at is null`,
  'in-progress': sql`enrolment.last_seen_at is not null and enrolment.completed_at is null`,
  completed: sql`enrolment.completed_at is not null`
}

async function requiredItems({ tx }: CourseContext, courseId: string): Promise<ReportItem[]> {
  const { rows } = await sql<ReportItem>`
    select item.id as "itemId", item.title, item.kind, unit.title as "unitTitle"
    from course.unit join course.item on item.course_id = unit.course_id and item.unit_id = unit.id
    where unit.course_id = ${courseId} and unit.deleted_at is null and item.required
    order by unit.rank, unit.id, item.rank, item.id`.execute(tx)
  return rows
}
