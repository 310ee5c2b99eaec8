import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { PeopleImport } from '../contract.ts'

/** Imports as the contract shows them. What is still to do counts as `create` and `enrol`; once done, as `done`. */
export const selectImports = ({ tx }: Pick<CourseContext, 'tx'>) =>
  tx
    .selectFrom('course.people_import as import')
    .leftJoin('course.person as person', 'person.user_id', 'import.created_by')
    .select([
      'import.id',
      'import.file_name as fileName',
      'import.course_id as courseId',
      'import.state',
      sql<PeopleImport['counts']>`(
        select json_build_object(
          'rows', count(*),
          'create', count(*) filter (where outcome = 'create'),
          'enrol', count(*) filter (where outcome = 'enrol'),
          'unchanged', count(*) filter (where outcome = 'unchanged'),
          'errors', count(*) filter (where outcome in ('error', 'failed')),
          'done', count(*) filter (where outcome = 'done'))
        from course.people_import_row where import_id = import.id)`.as('counts'),
      'import.message',
      'import.created_at as createdAt',
      sql<string>`coalesce(person.name, '')`.as('createdBy')
    ])
