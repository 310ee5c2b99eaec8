import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import { noteRequirementChange } from '../outline/change-outline.ts'
import { loadItemToEdit } from './load-item.ts'

/** Removes an item. Prerequisites that name it hold nobody up meanwhile, and hold again when it is restored. */
export async function deleteItem(context: CourseContext, { itemId }: Given<'deleteItem'>): Promise<{ done: true }> {
  const { item } = await loadItemToEdit(context, itemId, { removed: true })
  if (item.deleted_at !== null) return { done: true }
  await context.tx
    .updateTable('course.item')
    .set({ deleted_at: context.now, version: sql`version + 1` })
    .where('id', '=', itemId)
    .execute()
  await noteRequirementChange(context, item.course_id)
  return { done: true }
}
