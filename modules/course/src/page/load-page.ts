import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { ItemKind, Page } from '../contract.ts'
import { type CourseAccess, loadAccess, mustEdit } from '../course/course-access.ts'
import { ItemNotFound } from '../item/item.ts'
import { courseOfItem } from '../item/load-item.ts'
import { NotAPage } from './page.ts'

export interface PageToEdit {
  readonly access: CourseAccess
  /** As stored, with `file:` and `item:` addresses. */
  readonly page: Page
}

/** A page that the caller may edit; `lock` keeps others from saving it until the transaction ends. */
export async function loadPage(context: CourseContext, itemId: string, { lock = false } = {}): Promise<PageToEdit> {
  const access = await loadAccess(context, await courseOfItem(context, itemId))
  mustEdit(access)
  const { rows } = await sql<Omit<Page, 'itemId'> & { kind: ItemKind; title: string }>`
    select item.kind, item.title, coalesce(item.html, '') as html, item.html_version as version,
      coalesce(item.html_saved_at, ${context.now}) as "savedAt",
      (select name from course.person as person where person.user_id = item.html_saved_by) as "savedBy"
    from course.item as item where item.id = ${itemId} and item.deleted_at is null
    ${lock ? sql`for no key update` : sql``}`.execute(context.tx)
  const [row] = rows
  if (!row) throw ItemNotFound(itemId)
  const { kind, title, ...page } = row
  if (kind !== 'page') throw NotAPage(title)
  return { access, page: { itemId, ...page } }
}
