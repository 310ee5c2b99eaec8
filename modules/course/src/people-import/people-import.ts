import { defineError } from '@lyceum/platform/errors'
import type { SchoolRole } from '@lyceum/user/contract'
import type { EnrolmentRole, ImportRow, PeopleImport } from '../contract.ts'

/** More would not be read comfortably by whoever has to look through the result. */
export const MAX_ROWS = 50_000
/** The school permission to import people outside a course, with any role. */
export const MANAGE_PEOPLE = 'people:manage'

export const ImportNotFound = defineError(
  'people-import.not-found',
  'not-found',
  () => 'There is no such import for you. Look for it in the list of imports, or upload the file again.'
)
export const SchoolImportNotAllowed = defineError(
  'people-import.school-not-allowed',
  'forbidden',
  () => 'Only administrators import people for the whole school. Open your course and import its people there.'
)
export const NotToBeCommitted = defineError(
  'people-import.not-to-be-committed',
  'conflict',
  (state: PeopleImport['state']) => `${stateInWords[state]} Upload the file again to import it.`
)
export const NothingToCommit = defineError(
  'people-import.nothing-to-commit',
  'conflict',
  () => 'No row of this file would change anything. Correct the rows with errors and upload the file again.'
)
export const NotToBeUndone = defineError(
  'people-import.not-to-be-undone',
  'conflict',
  (state: PeopleImport['state']) =>
    state === 'committing'
      ? `${stateInWords.committing} Wait until it has finished, then undo it.`
      : `${stateInWords[state]} There is nothing to undo.`
)

const stateInWords: Record<PeopleImport['state'], string> = {
  checking: 'This import is still being checked.',
  checked: 'This import has been checked, and nothing has happened yet.',
  committing: 'This import is running.',
  committed: 'This import has been done.',
  undoing: 'This import is being undone.',
  undone: 'This import has been undone.',
  failed: 'This import has stopped.'
}

const unreadable = (code: string) =>
  defineError(
    code,
    'invalid',
    (message: string) => message,
    (message) => ({ errors: [{ field: '/csv', code, message }] })
  )
const CsvMalformedText = unreadable('people-import.csv-malformed')
const CsvColumnMissingText = unreadable('people-import.column-missing')
const CsvTooManyRowsText = unreadable('people-import.too-many-rows')

export const CsvMalformed = (line: number, why: string) =>
  CsvMalformedText(`Line ${line} cannot be read: ${why} Correct it and upload the file again.`)
export const CsvNotText = () =>
  CsvMalformedText('This is not a CSV file. Save the list as “CSV UTF-8” and upload it again.')
export const CsvColumnMissing = (found: readonly string[]) =>
  CsvColumnMissingText(
    `The first line must name the columns, at least “email”. It says: ${found.join(', ').slice(0, 200) || 'nothing'}. Download the template to see how.`
  )
export const CsvTooManyRows = () =>
  CsvTooManyRowsText(`The file has more than ${MAX_ROWS} rows. Split it and import the parts one after another.`)

export type Column = 'name' | 'firstName' | 'lastName' | 'email' | 'role' | 'course'

const HEADERS: Readonly<Record<Column, readonly string[]>> = {
  name: ['name', 'full name', 'fullname', 'display name', 'person', 'learner', 'student', 'student name'],
  firstName: ['first name', 'firstname', 'given name', 'forename', 'first'],
  lastName: ['last name', 'lastname', 'family name', 'surname', 'last'],
  email: ['email', 'e mail', 'mail', 'email address', 'e mail address', 'mail address'],
  role: ['role', 'type'],
  course: ['course', 'course code', 'course id', 'course title', 'course name', 'class']
}
const COLUMN_OF = new Map(
  Object.entries(HEADERS).flatMap(([column, names]) => names.map((name) => [name, column as Column] as const))
)

/** Which column a header names, whatever its case, dashes and underscores; undefined: none we know. */
export const columnOf = (header: string): Column | undefined =>
  COLUMN_OF.get(
    header
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ')
      .trim()
  )

const ROLES = new Map<string, SchoolRole>([
  ['', 'learner'],
  ['learner', 'learner'],
  ['student', 'learner'],
  ['teacher', 'teacher'],
  ['instructor', 'teacher'],
  ['assistant', 'assistant'],
  ['teaching assistant', 'assistant'],
  ['observer', 'observer'],
  ['parent', 'observer'],
  ['administrator', 'administrator'],
  ['admin', 'administrator']
])

/** The role a cell names; an empty one is a learner. */
export const roleOf = (cell: string): SchoolRole | undefined => ROLES.get(cell.trim().toLowerCase())

/** What somebody of that school role is in a course named in their row. */
export const courseRoleOf = (role: SchoolRole): EnrolmentRole => (role === 'administrator' ? 'teacher' : role)

export type RowError = ImportRow['errors'][number]

/** A row as the file has it. */
export interface FileRow {
  /** Line in the file, the header being 1. */
  readonly row: number
  readonly name: string
  readonly email: string
  readonly role: string
  readonly course: string
  /** It has more cells than the header has columns. */
  readonly overlong: boolean
}

export interface CheckedRow {
  readonly row: number
  readonly name: string
  readonly email: string
  readonly role: string
  readonly course: string
  readonly courseId: string | null
  readonly outcome: 'create' | 'enrol' | 'unchanged' | 'error'
  readonly errors: readonly RowError[]
  readonly userId: string | null
}
