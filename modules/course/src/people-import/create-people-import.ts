import { newId } from '@lyceum/platform/id'
import { type Asking, askFirst } from '@lyceum/platform/module'
import { type Person, userContract } from '@lyceum/user/contract'
import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import { courseContract } from '../contract.ts'
import { meetPeople } from '../person/keep-person.ts'
import { checkRows, isEmail } from './check-rows.ts'
import { findCourses } from './find-courses.ts'
import { loadImport } from './load-import.ts'
import { type CheckedRow, type FileRow, MANAGE_PEOPLE, SchoolImportNotAllowed } from './people-import.ts'
import { readRows } from './read-rows.ts'

/** Reads and checks a CSV of people and keeps what each row would do. Nothing else happens before it is committed. */
export const createPeopleImport = askFirst(
  async ({ call, caller }: Asking, { csv, courseId }: Given<'createPeopleImport'>) => {
    if (courseId !== undefined) await call(courseContract).confirmPeopleManager({ courseId })
    else if (!caller.permissions.includes(MANAGE_PEOPLE)) throw SchoolImportNotAllowed()
    const rows = readRows(csv)
    const emails = [...new Set(rows.map(({ email }) => email.toLowerCase()))].filter(isEmail)
    const userIds = caller.userId === null ? [] : [caller.userId]
    const { people } = await call(userContract).lookUpPeople({ emails, userIds })
    return { rows, people }
  },
  async (
    context: CourseContext,
    { fileName, courseId: onlyCourseId }: Given<'createPeopleImport'>,
    { rows, people }
  ) => {
    const courseId = onlyCourseId ?? null
    // Whoever imports is shown by name in the list of imports.
    await meetPeople(
      context,
      people.filter(({ id }) => id === context.userId)
    )
    const id = newId()
    await context.tx
      .insertInto('course.people_import')
      .values({
        id,
        course_id: courseId,
        file_name: fileName,
        state: 'checked',
        created_at: context.now,
        created_by: context.userId
      })
      .execute()
    await storeRows(context, id, await check(context, { rows, people, courseId }))
    return loadImport(context, id)
  }
)

interface Unchecked {
  readonly rows: readonly FileRow[]
  readonly people: readonly Person[]
  readonly courseId: string | null
}

async function check(context: CourseContext, { rows, people, courseId }: Unchecked): Promise<CheckedRow[]> {
  const names = courseId === null ? [...new Set(rows.map(({ course }) => course))].filter((name) => name !== '') : []
  const courses = await findCourses(context, names)
  const enrolled = await findEnrolled(
    context,
    courseId === null
      ? [...courses.values()].filter((found) => found !== 'unknown' && found !== 'ambiguous')
      : [courseId],
    people.map(({ id }) => id)
  )
  const accounts = new Map(people.map((person) => [person.email.toLowerCase(), person]))
  return checkRows(rows, { accounts, courseId, courses, enrolled })
}

async function findEnrolled(
  { tx }: CourseContext,
  courseIds: readonly string[],
  userIds: readonly string[]
): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`
    select course_id || ' ' || user_id as key from course.enrolment
    where course_id = any(${courseIds}::uuid[]) and user_id = any(${userIds}::uuid[]) and ended_at is null`.execute(tx)
  return new Set(rows.map(({ key }) => key))
}

async function storeRows({ tx }: CourseContext, importId: string, rows: readonly CheckedRow[]): Promise<void> {
  await sql`
    insert into course.people_import_row (import_id, "row", name, email, role, course, course_id, outcome, errors, user_id)
    select ${importId}::uuid, "row", name, email, role, course, "courseId", outcome, errors, "userId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as checked(
      "row" integer, name text, email text, role text, course text, "courseId" uuid, outcome text, errors jsonb,
      "userId" uuid
    )`.execute(tx)
}
