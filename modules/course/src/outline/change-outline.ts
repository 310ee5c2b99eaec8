import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import { CourseCompleted } from '../contract.ts'

/**
 * Takes the lock under which one outline is edited: edits of a course come one after another.
 * @returns the outline's version before this edit
 */
export async function lockOutline({ tx }: CourseContext, courseId: string): Promise<number> {
  const { outlineVersion } = await tx
    .selectFrom('course.course')
    .select('outline_version as outlineVersion')
    .where('id', '=', courseId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  return outlineVersion
}

/** Notes an edit of units or items that changes nothing about what learners have to do. */
export async function noteOutlineChange({ tx }: CourseContext, courseId: string): Promise<number> {
  const { outlineVersion } = await tx
    .updateTable('course.course')
    .set({ outline_version: sql`outline_version + 1` })
    .where('id', '=', courseId)
    .returning('outline_version as outlineVersion')
    .executeTakeFirstOrThrow()
  await forgetNextItems(tx, courseId)
  return outlineVersion
}

/**
 * Notes an edit that may have changed what is required, and counts the course and everybody's progress in it again.
 * Whoever has completed a course keeps that; whoever now has everything completes it.
 */
export async function noteRequirementChange(
  context: Pick<CourseContext, 'tx' | 'now' | 'publish'>,
  courseId: string
): Promise<void> {
  const { tx, now } = context
  const course = await tx
    .updateTable('course.course')
    .set({
      outline_version: sql`outline_version + 1`,
      required_items: sql`(select count(*) from course.item where course_id = ${courseId} and required)`,
      required_minutes: sql`(select coalesce(sum(minutes), 0) from course.item where course_id = ${courseId} and required)`
    })
    .where('id', '=', courseId)
    .returning(['title', 'required_items as requiredItems'])
    .executeTakeFirstOrThrow()
  // Waits for reports of progress under way; the count below then sees them, and later ones see the new outline.
  await tx
    .selectFrom('course.enrolment')
    .select('id')
    .where('course_id', '=', courseId)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  const { rows } = await sql<{ userId: string }>`
    with done as (
      select progress.user_id, count(*) as items, coalesce(sum(item.minutes), 0) as minutes
      from course.progress as progress
      join course.item as item on item.id = progress.item_id and item.required
      where progress.course_id = ${courseId} and progress.completed_at is not null
      group by progress.user_id
    ), counted as (
      select enrolment.id, enrolment.completed_at, coalesce(done.items, 0) as items, coalesce(done.minutes, 0) as minutes
      from course.enrolment as enrolment left join done on done.user_id = enrolment.user_id
      where enrolment.course_id = ${courseId}
    ), written as (
      update course.enrolment as enrolment set
        completed_items = counted.items,
        completed_minutes = counted.minutes,
        completed_at = case
          when counted.completed_at is null and enrolment.role = 'learner' and enrolment.ended_at is null
            and counted.items > 0 and counted.items = ${course.requiredItems}
          then ${now}::timestamptz else counted.completed_at end
      from counted
      where enrolment.id = counted.id
        and (enrolment.completed_items <> counted.items or enrolment.completed_minutes <> counted.minutes
          or (counted.completed_at is null and counted.items > 0 and counted.items = ${course.requiredItems}))
      returning enrolment.user_id, enrolment.completed_at, counted.completed_at as before
    )
    select user_id as "userId" from written where before is null and completed_at is not null`.execute(tx)
  await forgetNextItems(tx, courseId)
  for (const { userId } of rows) await context.publish(CourseCompleted, { courseId, courseTitle: course.title, userId })
}

/** Where everybody goes on has to be worked out anew. */
async function forgetNextItems(tx: CourseContext['tx'], courseId: string): Promise<void> {
  await tx
    .updateTable('course.enrolment')
    .set({ next_item_id: null })
    .where('course_id', '=', courseId)
    .where('next_item_id', 'is not', null)
    .execute()
}
