import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { OutlineItem } from '../contract.ts'
import { noteOutlineChange, noteRequirementChange } from '../outline/change-outline.ts'
import { checkPrerequisites, mustBelongTo } from '../outline/check-prerequisites.ts'
import { readTitle } from '../outline/title.ts'
import { ItemStale, mustSuit, readAddress } from './item.ts'
import { loadItemToEdit } from './load-item.ts'
import { reloadItem } from './select-item.ts'

/** Changes what is given and leaves the rest; everybody's progress is counted again where requirements change. */
export async function updateItem(
  context: CourseContext,
  { itemId, ...given }: Given<'updateItem'>
): Promise<OutlineItem> {
  const { item } = await loadItemToEdit(context, itemId)
  if (item.version !== context.expectedVersion) throw ItemStale(item.version)
  if (given.completion) mustSuit(item.kind, given.completion)
  const changed = await context.tx
    .updateTable('course.item')
    .set({
      ...(given.title === undefined ? {} : { title: readTitle(given.title) }),
      ...(given.minutes === undefined ? {} : { minutes: given.minutes }),
      ...(given.published === undefined ? {} : { published: given.published }),
      ...(given.completion === undefined ? {} : { completion: JSON.stringify(given.completion) }),
      ...(given.opensAt === undefined ? {} : { opens_at: given.opensAt }),
      ...(given.dueAt === undefined ? {} : { due_at: given.dueAt }),
      ...(given.requires === undefined
        ? {}
        : { requires: await mustBelongTo(context, 'course.item', item.course_id, given.requires) }),
      ...(given.url === undefined ? {} : { url: readAddress(given.url) }),
      ...(given.note === undefined ? {} : { note: given.note?.trim() || null }),
      ...(given.fileId === undefined ? {} : { file_id: given.fileId }),
      ...(given.captions === undefined ? {} : { captions: JSON.stringify(given.captions) }),
      version: sql`version + 1`
    })
    .where('id', '=', itemId)
    .returning(['required', 'minutes'])
    .executeTakeFirstOrThrow()
  if (given.requires !== undefined) await checkPrerequisites(context, item.course_id)
  const counts = changed.required !== item.required || (changed.required && changed.minutes !== item.minutes)
  await (counts ? noteRequirementChange(context, item.course_id) : noteOutlineChange(context, item.course_id))
  return reloadItem(context, itemId)
}
