import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { CourseContext, Tables } from '../context.ts'
import { type CourseAccess, loadAccess, mustEdit } from '../course/course-access.ts'
import { ItemNotFound } from './item.ts'

export type ItemRow = Pick<
  Selectable<Tables['course.item']>,
  'id' | 'course_id' | 'unit_id' | 'kind' | 'minutes' | 'requires' | 'rank' | 'required' | 'version' | 'deleted_at'
>

/**
 * An item that the caller may edit, with its course locked for one edit at a time.
 * Refuses with `course.item-not-found` what was removed, unless `removed` asks for just that.
 */
export async function loadItemToEdit(
  context: CourseContext,
  itemId: string,
  { removed = false } = {}
): Promise<{ readonly item: ItemRow; readonly access: CourseAccess }> {
  const courseId = await courseOfItem(context, itemId)
  const access = await loadAccess(context, courseId)
  mustEdit(access)
  await sql`select from course.course where id = ${courseId} for no key update`.execute(context.tx)
  const item = await context.tx
    .selectFrom('course.item')
    .select(['id', 'course_id', 'unit_id', 'kind', 'minutes', 'requires', 'rank', 'required', 'version', 'deleted_at'])
    .where('id', '=', itemId)
    .executeTakeFirst()
  if (!item || (item.deleted_at !== null && !removed)) throw ItemNotFound(itemId)
  return { item, access }
}

export async function courseOfItem({ tx }: CourseContext, itemId: string): Promise<string> {
  const item = await tx.selectFrom('course.item').select('course_id').where('id', '=', itemId).executeTakeFirst()
  if (!item) throw ItemNotFound(itemId)
  return item.course_id
}
