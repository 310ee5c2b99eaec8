import { askFirst } from '@lyceum/platform/module'
import { cutPage, readCursor } from '@lyceum/platform/page'
import type { Page as ListPage } from '@lyceum/platform/schema'
import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Page } from '../contract.ts'
import { askForFiles } from '../item/ask-for-files.ts'
import { loadPage } from './load-page.ts'
import { showPage } from './show-page.ts'

/** Newest first, the newest being what learners read. */
export const listPageRevisions = askFirst(
  askForFiles,
  async (
    context: CourseContext,
    { itemId, cursor, limit = 50 }: Given<'listPageRevisions'>,
    { files }
  ): Promise<ListPage<Page>> => {
    const { access } = await loadPage(context, itemId)
    const [before = null] = readCursor(cursor, 1) ?? []
    const { rows } = await sql<Page>`
      select revision.item_id as "itemId", revision.version, revision.html, revision.saved_at as "savedAt",
        (select name from course.person as person where person.user_id = revision.saved_by) as "savedBy"
      from course.page_revision as revision
      where revision.item_id = ${itemId} and (${before}::integer is null or revision.version < ${before}::integer)
      order by revision.version desc limit ${limit + 1}`.execute(context.tx)
    const shown = rows.map((row) => ({ ...row, html: showPage(row.html, access.course.id, files) }))
    return cutPage(shown, limit, ({ version }) => [String(version)])
  }
)
