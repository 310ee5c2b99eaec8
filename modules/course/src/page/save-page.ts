import { type Asking, askFirst } from '@lyceum/platform/module'
import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Page } from '../contract.ts'
import { askForFiles, type ItemFiles } from '../item/ask-for-files.ts'
import { loadPage } from './load-page.ts'
import { KEPT_REVISIONS, PageStale, SITTING_MINUTES } from './page.ts'
import { type PageFrame, readPage } from './page-html.ts'
import { showPage } from './show-page.ts'

interface Asked extends ItemFiles {
  readonly page: ReturnType<typeof readPage>
}

/**
 * Saves a page that was edited from its newest version; otherwise refuses with `page.stale`, whose facts hold the newest
 * for comparing. The same text again is no new version.
 */
export const savePage = askFirst(
  // Cleaning two megabytes takes a while: no connection waits for it.
  async (asking: Asking, { itemId, html }: Given<'savePage'>): Promise<Asked> => {
    const { courseId } = await askForFiles(asking, { itemId })
    const frame: PageFrame = { courseId, origin: asking.request.origin }
    const page = readPage(html, frame)
    return { ...(await askForFiles(asking, { itemId }, page.fileIds)), page }
  },
  async (context: CourseContext, { itemId }: Given<'savePage'>, { courseId, files, page }: Asked): Promise<Page> => {
    const { page: before } = await loadPage(context, itemId, { lock: true })
    if (before.version !== context.expectedVersion)
      throw PageStale({ ...before, html: showPage(before.html, courseId, files) })
    if (page.html === before.html) return { ...before, html: showPage(before.html, courseId, files) }
    const saved = await context.tx
      .updateTable('course.item')
      .set({
        html: page.html,
        html_files: page.fileIds,
        html_version: before.version + 1,
        html_saved_at: context.now,
        html_saved_by: context.userId
      })
      .where('id', '=', itemId)
      .returning(['html_version as version', 'html_saved_at as savedAt'])
      .executeTakeFirstOrThrow()
    await keepRevision(context, itemId, { version: saved.version, html: page.html })
    return {
      itemId,
      version: saved.version,
      html: showPage(page.html, courseId, files),
      savedAt: saved.savedAt ?? context.now.toISOString(),
      savedBy: context.caller.name
    }
  }
)

/** Within one sitting the author's latest revision is replaced; the oldest beyond those kept is forgotten. */
async function keepRevision(
  { tx, now, userId }: CourseContext,
  itemId: string,
  { version, html }: { readonly version: number; readonly html: string }
): Promise<void> {
  const { numAffectedRows } = await sql`
    update course.page_revision set version = ${version}, html = ${html}, saved_at = ${now}
    where item_id = ${itemId} and saved_by = ${userId}
      and version = (select max(version) from course.page_revision where item_id = ${itemId})
      and begun_at > ${now}::timestamptz - make_interval(mins => ${SITTING_MINUTES})`.execute(tx)
  if (numAffectedRows === 1n) return
  await tx
    .insertInto('course.page_revision')
    .values({ item_id: itemId, version, html, begun_at: now, saved_at: now, saved_by: userId })
    .execute()
  await sql`
    delete from course.page_revision where item_id = ${itemId} and version <= (
      select version from course.page_revision where item_id = ${itemId} order by version desc offset ${KEPT_REVISIONS} limit 1)
  `.execute(tx)
}
