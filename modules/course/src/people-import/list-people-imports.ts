import { cutPage, readCursor } from '@lyceum/platform/page'
import type { Page } from '@lyceum/platform/schema'
import type { CourseContext, Given } from '../context.ts'
import type { PeopleImport } from '../contract.ts'
import { loadAccess, mustManagePeople } from '../course/course-access.ts'
import { MANAGE_PEOPLE, SchoolImportNotAllowed } from './people-import.ts'
import { selectImports } from './select-imports.ts'

/** Imports of one course, or for those who manage the school's people all of them; newest first. */
export async function listPeopleImports(
  context: CourseContext,
  { courseId, cursor, limit = 50 }: Given<'listPeopleImports'>
): Promise<Page<PeopleImport>> {
  const everywhere = context.caller.permissions.includes(MANAGE_PEOPLE)
  if (courseId === undefined && !everywhere) throw SchoolImportNotAllowed()
  if (courseId !== undefined && !everywhere) mustManagePeople(await loadAccess(context, courseId))
  const [before] = readCursor(cursor, 1) ?? []
  let imports = selectImports(context)
  if (courseId !== undefined) imports = imports.where('import.course_id', '=', courseId)
  if (before !== undefined) imports = imports.where('import.id', '<', before)
  const rows = await imports
    .orderBy('import.id', 'desc')
    .limit(limit + 1)
    .execute()
  return cutPage(rows, limit, ({ id }) => [id])
}
