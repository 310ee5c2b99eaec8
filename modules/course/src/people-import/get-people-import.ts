import type { CourseContext, Given } from '../context.ts'
import type { PeopleImport } from '../contract.ts'
import { loadImport } from './load-import.ts'

export const getPeopleImport = (
  context: CourseContext,
  { importId }: Given<'getPeopleImport'>
): Promise<PeopleImport> => loadImport(context, importId)
