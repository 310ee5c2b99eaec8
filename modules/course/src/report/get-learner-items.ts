import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { ItemKind, ProgressState } from '../contract.ts'
import { type CourseAccess, loadAccess, mustSeeProgress } from '../course/course-access.ts'
import { EnrolmentNotFound } from '../enrolment/enrolment.ts'
import { progressScope } from './progress-scope.ts'

interface LearnerItem {
  itemId: string
  title: string
  kind: ItemKind
  unitTitle: string
  state: ProgressState
  completedAt: string | null
  secondsSpent: number
  watchedPercent: number
}

/** Every published item of one learner in order: for staff, for whoever observes the learner, and for themselves. */
export async function getLearnerItems(
  context: CourseContext,
  { courseId, userId }: Given<'getLearnerItems'>
): Promise<{ name: string; entries: LearnerItem[] }> {
  const access = await loadAccess(context, courseId)
  if (userId !== context.userId) mustSeeProgressOf(access, userId)
  const [learner, { rows: entries }] = await Promise.all([
    context.tx
      .selectFrom('course.enrolment as enrolment')
      .innerJoin('course.person as person', 'person.user_id', 'enrolment.user_id')
      .select('person.name')
      .where('enrolment.course_id', '=', courseId)
      .where('enrolment.user_id', '=', userId)
      .where('enrolment.ended_at', 'is', null)
      .executeTakeFirst(),
    sql<LearnerItem>`
      select item.id as "itemId", item.title, item.kind, unit.title as "unitTitle",
        case when progress.completed_at is not null then 'completed' when progress.opened_at is not null then 'in-progress'
          else 'not-started' end as state,
        progress.completed_at as "completedAt",
        coalesce(progress.seconds, 0) as "secondsSpent", coalesce(progress.watched_percent, 0) as "watchedPercent"
      from course.unit
      join course.item on item.course_id = unit.course_id and item.unit_id = unit.id
      left join course.progress
        on progress.course_id = item.course_id and progress.user_id = ${userId} and progress.item_id = item.id
      where unit.course_id = ${courseId} and unit.deleted_at is null and item.deleted_at is null and item.published
        and item.kind <> 'heading'
      order by unit.rank, unit.id, item.rank, item.id`.execute(context.tx)
  ])
  if (!learner) throw EnrolmentNotFound()
  return { name: learner.name, entries }
}

function mustSeeProgressOf(access: CourseAccess, userId: string): void {
  const scope = progressScope(access)
  if (scope && !scope.includes(userId)) mustSeeProgress(access)
}
