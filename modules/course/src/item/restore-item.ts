import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { OutlineItem } from '../contract.ts'
import { noteRequirementChange } from '../outline/change-outline.ts'
import { checkPrerequisites } from '../outline/check-prerequisites.ts'
import { UnitRemoved } from '../unit/unit.ts'
import { loadItemToEdit } from './load-item.ts'
import { reloadItem } from './select-item.ts'

export async function restoreItem(context: CourseContext, { itemId }: Given<'restoreItem'>): Promise<OutlineItem> {
  const { item } = await loadItemToEdit(context, itemId, { removed: true })
  if (item.deleted_at === null) return reloadItem(context, itemId)
  const unit = await context.tx
    .selectFrom('course.unit')
    .select(['title', 'deleted_at'])
    .where('id', '=', item.unit_id)
    .executeTakeFirstOrThrow()
  if (unit.deleted_at !== null) throw UnitRemoved(unit.title)
  await context.tx
    .updateTable('course.item')
    .set({ deleted_at: null, version: sql`version + 1` })
    .where('id', '=', itemId)
    .execute()
  await checkPrerequisites(context, item.course_id)
  await noteRequirementChange(context, item.course_id)
  return reloadItem(context, itemId)
}
