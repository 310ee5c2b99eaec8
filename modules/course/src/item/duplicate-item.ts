import { newId } from '@lyceum/platform/id'
import { generateKeyBetween } from 'fractional-indexing'
import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { OutlineItem } from '../contract.ts'
import { noteOutlineChange } from '../outline/change-outline.ts'
import { loadItemToEdit } from './load-item.ts'
import { reloadItem } from './select-item.ts'

/** Copies an item right after it, as a draft: learners should not meet the same thing twice. */
export async function duplicateItem(context: CourseContext, { itemId }: Given<'duplicateItem'>): Promise<OutlineItem> {
  const { tx, now, userId } = context
  const { item } = await loadItemToEdit(context, itemId)
  const next = await tx
    .selectFrom('course.item')
    .select('rank')
    .where('course_id', '=', item.course_id)
    .where('unit_id', '=', item.unit_id)
    .where('rank', '>', item.rank)
    .orderBy('rank')
    .limit(1)
    .executeTakeFirst()
  const id = newId()
  await sql`
    insert into course.item (id, course_id, unit_id, kind, title, rank, minutes, published, completion, opens_at, due_at,
      requires, file_id, url, note, captions, html, html_files, html_saved_at, html_saved_by)
    select ${id}, course_id, unit_id, kind, left(title, 196) || ' (2)', ${generateKeyBetween(item.rank, next?.rank ?? null)}, minutes,
      false, completion, opens_at, due_at, requires, file_id, url, note, captions, html, html_files, ${now}, ${userId}
    from course.item where id = ${itemId}`.execute(tx)
  await sql`
    insert into course.page_revision (item_id, version, html, begun_at, saved_at, saved_by)
    select id, html_version, html, html_saved_at, html_saved_at, html_saved_by from course.item where id = ${id} and html is not null`.execute(
    tx
  )
  await noteOutlineChange(context, item.course_id)
  return reloadItem(context, id)
}
