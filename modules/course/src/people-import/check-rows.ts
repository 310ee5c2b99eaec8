import { Email } from '@lyceum/platform/schema'
import type { Person } from '@lyceum/user/contract'
import { Compile } from 'typebox/compile'
import { type CheckedRow, courseRoleOf, type FileRow, type RowError, roleOf } from './people-import.ts'

/** How a cell of the course column was understood. */
export type CourseFound = string | 'unknown' | 'ambiguous'

export interface Known {
  /** Accounts by lower-case e-mail address. */
  readonly accounts: ReadonlyMap<string, Pick<Person, 'id' | 'status'>>
  /** The one course everybody goes to; null: the course column says. */
  readonly courseId: string | null
  /** What the course column means, by its text. */
  readonly courses: ReadonlyMap<string, CourseFound>
  /** `<courseId> <userId>` of everybody enrolled there now. */
  readonly enrolled: ReadonlySet<string>
}

const email = Compile(Email)
const LONGEST = { name: 200, email: 254, role: 60, course: 200 } as const

/** An address the user module will take: checked against the very schema it checks. */
export const isEmail = (text: string): boolean => email.Check(text)

/** What every row of a file would do. Looks at nothing but its arguments. */
export function checkRows(rows: readonly FileRow[], known: Known): CheckedRow[] {
  const firstRowOf = new Map<string, number>()
  const toBeCreated = new Set<string>()
  return rows.map((row) => {
    const address = row.email.toLowerCase()
    const account = known.accounts.get(address)
    const found = known.courseId ?? (row.course === '' ? null : (known.courses.get(row.course) ?? 'unknown'))
    const courseId = found === 'unknown' || found === 'ambiguous' ? null : found
    const errors = [...cellErrors(row, known, account), ...courseErrors(row, found)]
    const key = `${address} ${courseId}`
    const twin = firstRowOf.get(key)
    if (errors.length === 0 && twin !== undefined)
      errors.push({
        column: 'email',
        code: 'duplicate',
        message: `Line ${twin} has the same address. Remove one of the two.`
      })
    if (errors.length === 0) firstRowOf.set(key, row.row)
    const fresh = account === undefined && !toBeCreated.has(address)
    if (errors.length === 0 && fresh) toBeCreated.add(address)
    const there = courseId === null || (account !== undefined && known.enrolled.has(`${courseId} ${account.id}`))
    return {
      row: row.row,
      name: row.name.slice(0, LONGEST.name),
      email: row.email.slice(0, LONGEST.email),
      role: (roleOf(row.role) ?? row.role).slice(0, LONGEST.role),
      course: row.course.slice(0, LONGEST.course),
      courseId,
      outcome: errors.length > 0 ? 'error' : fresh ? 'create' : there ? 'unchanged' : 'enrol',
      errors,
      userId: account?.id ?? null
    }
  })
}

function cellErrors(row: FileRow, { courseId }: Known, account: Pick<Person, 'status'> | undefined): RowError[] {
  const errors: RowError[] = []
  const fault = (column: string, code: string, message: string) => errors.push({ column, code, message })
  for (const column of ['name', 'email', 'role', 'course'] as const)
    if (row[column].length > LONGEST[column])
      fault(column, 'too-long', `The ${column} is longer than ${LONGEST[column]} characters. Shorten it.`)
  if (row.overlong)
    fault('', 'too-many-cells', 'The row has more cells than there are columns. Put cells with commas in quotes.')
  if (row.email === '') fault('email', 'missing', 'The e-mail address is missing. Fill it in.')
  else if (row.email.length <= LONGEST.email && !isEmail(row.email))
    fault('email', 'invalid', `“${row.email}” is not an e-mail address. Correct it.`)
  if (row.name === '' && !account)
    fault('name', 'missing', 'The name is missing, and nobody has this address yet. Fill the name in.')
  if (account?.status === 'deactivated')
    fault('email', 'deactivated', 'This account is deactivated. Reactivate it first, or remove the row.')
  const role = roleOf(row.role)
  if (!role) fault('role', 'unknown', `“${row.role}” is not a role. Use learner, teacher, assistant or observer.`)
  else if (courseId !== null && role !== courseRoleOf(role))
    fault('role', 'not-in-course', 'A course has no administrators. Use learner, teacher, assistant or observer.')
  return errors
}

function courseErrors(row: FileRow, found: CourseFound | null): RowError[] {
  const name = row.course.slice(0, LONGEST.course)
  if (found === 'unknown')
    return [
      { column: 'course', code: 'unknown', message: `There is no course “${name}”. Use its code, its title or its id.` }
    ]
  if (found === 'ambiguous')
    return [
      { column: 'course', code: 'ambiguous', message: `Several courses are called “${name}”. Use the course's id.` }
    ]
  return []
}
