import type { CourseContext } from '../context.ts'
import type { PeopleImport } from '../contract.ts'
import { loadAccess, mustManagePeople } from '../course/course-access.ts'
import { ImportNotFound, MANAGE_PEOPLE } from './people-import.ts'
import { selectImports } from './select-imports.ts'

/** An import the caller may work with: theirs by managing people of the school, or of the import's course. */
export async function loadImport(context: CourseContext, importId: string): Promise<PeopleImport> {
  const found = await selectImports(context).where('import.id', '=', importId).executeTakeFirst()
  if (!found) throw ImportNotFound()
  if (context.caller.permissions.includes(MANAGE_PEOPLE)) return found
  if (found.courseId === null) throw ImportNotFound()
  mustManagePeople(await loadAccess(context, found.courseId))
  return found
}

/** The same, held against others who would change its state until this transaction ends. */
export async function lockImport(context: CourseContext, importId: string): Promise<PeopleImport> {
  await context.tx.selectFrom('course.people_import').select('id').where('id', '=', importId).forUpdate().execute()
  return loadImport(context, importId)
}
