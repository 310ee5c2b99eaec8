import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import { ItemNotFound } from './item.ts'

/** For this module's own questions to the file module, which have to be asked before an item is read. */
export async function listItemFiles(
  { tx }: CourseContext,
  { itemId }: Given<'listItemFiles'>
): Promise<{ courseId: string; fileIds: string[] }> {
  const { rows } = await sql<{ courseId: string; fileIds: string[] }>`
    select course_id as "courseId",
      array_remove(html_files || file_id, null)
        || array(select (caption ->> 'fileId')::uuid from jsonb_array_elements(captions) as caption) as "fileIds"
    from course.item where id = ${itemId} and deleted_at is null`.execute(tx)
  const [row] = rows
  if (!row) throw ItemNotFound(itemId)
  return row
}
