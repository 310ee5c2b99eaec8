import { cutPage, readCursor } from '@lyceum/platform/page'
import type { Page } from '@lyceum/platform/schema'
import type { CourseContext, Given } from '../context.ts'
import type { ImportRow } from '../contract.ts'
import { loadImport } from './load-import.ts'

/** Rows in the order of the file, of one outcome where asked. */
export async function listPeopleImportRows(
  context: CourseContext,
  { importId, cursor, limit = 50, outcome }: Given<'listPeopleImportRows'>
): Promise<Page<ImportRow>> {
  await loadImport(context, importId)
  const [after] = readCursor(cursor, 1) ?? []
  let rows = context.tx
    .selectFrom('course.people_import_row')
    .select(['row', 'name', 'email', 'role', 'course', 'outcome', 'errors'])
    .where('import_id', '=', importId)
  if (outcome) rows = rows.where('outcome', '=', outcome)
  if (after !== undefined) rows = rows.where('row', '>', Number(after))
  const found = await rows
    .orderBy('row')
    .limit(limit + 1)
    .execute()
  return cutPage(found, limit, ({ row }) => [String(row)])
}
