import type { Tx } from '@lyceum/platform/transaction'
import { type Person, userContract } from '@lyceum/user/contract'
import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { CourseJob, Tables } from '../context.ts'
import { enrol } from '../enrolment/enrol.ts'
import { accountRoleFor } from '../enrolment/enrolment.ts'
import { meetPeople } from '../person/keep-person.ts'
import type { CommitPeopleImport } from './commit-people-import.ts'
import { CHUNK, finish, stopFor } from './import-state.ts'
import { courseRoleOf, roleOf } from './people-import.ts'

type Work = Static<(typeof CommitPeopleImport)['payload']>

/**
 * Job: creates and enrols, chunk by chunk. A chunk's enrolments, events and outcomes are one transaction, and accounts are
 * made by a question that may be asked twice, so being killed anywhere and run again does nothing twice.
 */
export async function runPeopleImport(job: CourseJob, work: Work): Promise<void> {
  try {
    for (;;) {
      const rows = await job.transact(({ tx }) => nextRows(tx, work.importId))
      if (rows.length === 0) break
      await runRows(job, work, rows)
    }
    await job.transact((context) => finish(context, work.importId, 'committing', 'committed', null))
  } catch (error) {
    await stopFor(job, work.importId, 'Commit it again to go on, or undo what it has done so far.')
    throw error
  }
}

type Row = Awaited<ReturnType<typeof nextRows>>[number]

const nextRows = (tx: Tx<Tables>, importId: string) =>
  tx
    .selectFrom('course.people_import_row as row')
    .innerJoin('course.people_import as import', 'import.id', 'row.import_id')
    .select([
      'row.row',
      'row.name',
      'row.email',
      'row.role',
      'row.course_id as courseId',
      'row.outcome',
      'row.created_account as planned',
      'import.course_id as importCourseId'
    ])
    .where('row.import_id', '=', importId)
    .where('row.outcome', 'in', ['create', 'enrol'])
    .where('import.state', '=', 'committing')
    .orderBy('row.row')
    .limit(CHUNK)
    .execute()

async function runRows(job: CourseJob, { importId, committedBy }: Work, rows: readonly Row[]): Promise<void> {
  await planAccounts(job, importId, rows)
  const wanted = new Map(rows.map((row) => [row.email.toLowerCase(), accountOf(row)]))
  const { people } = await job.call(userContract).ensurePeople({ people: [...wanted.values()], invite: true })
  const personOf = new Map(people.map((person) => [person.email.toLowerCase(), person]))
  await job.transact(async (context) => {
    const open = await lockOpenRows(context.tx, importId, rows)
    await meetPeople(context, people)
    const known = rows.flatMap((row) => {
      const person = personOf.get(row.email.toLowerCase())
      return person && open.has(row.row) ? [{ row, person }] : []
    })
    const made = await enrol(
      context,
      known.flatMap(({ row, person }) => (row.courseId === null ? [] : [enrolmentOf(row, row.courseId, person)])),
      committedBy
    )
    const enrolmentOfKey = new Map(made.map((one) => [`${one.courseId} ${one.userId}`, one.enrolmentId]))
    await recordDone(
      context.tx,
      importId,
      known.map(({ row, person }) => ({
        row: row.row,
        user_id: person.id,
        enrolment_id: enrolmentOfKey.get(`${row.courseId} ${person.id}`) ?? null,
        // Planned by an attempt that died: its account is there, so nobody can say any more who made it but the plan.
        created: row.outcome === 'create' && (row.planned || person.created)
      }))
    )
  })
}

/**
 * Writes down which accounts this import is about to make, before it makes them. Otherwise an attempt that dies right
 * after making them would leave accounts that undo does not know.
 */
async function planAccounts(job: CourseJob, importId: string, rows: readonly Row[]): Promise<void> {
  const unplanned = rows.filter(({ outcome, planned }) => outcome === 'create' && !planned)
  if (unplanned.length === 0) return
  const { people } = await job
    .call(userContract)
    .lookUpPeople({ emails: unplanned.map(({ email }) => email.toLowerCase()) })
  const there = new Set(people.map(({ email }) => email.toLowerCase()))
  const missing = unplanned.filter(({ email }) => !there.has(email.toLowerCase())).map(({ row }) => row)
  if (missing.length === 0) return
  await job.transact(({ tx }) =>
    tx
      .updateTable('course.people_import_row')
      .set({ created_account: true })
      .where('import_id', '=', importId)
      .where('row', 'in', missing)
      .execute()
  )
}

const accountOf = (row: Row) => {
  const role = roleOf(row.role) ?? 'learner'
  return {
    email: row.email,
    name: row.name || row.email,
    role: row.importCourseId === null ? role : accountRoleFor(courseRoleOf(role))
  }
}

const enrolmentOf = (row: Row, courseId: string, person: Pick<Person, 'id'>) => ({
  courseId,
  userId: person.id,
  role: courseRoleOf(roleOf(row.role) ?? 'learner')
})

/** The rows nobody else has done meanwhile: a worker thought dead may come back. */
async function lockOpenRows(tx: Tx<Tables>, importId: string, rows: readonly Row[]): Promise<Set<number>> {
  const open = await tx
    .selectFrom('course.people_import_row')
    .select('row')
    .where('import_id', '=', importId)
    .where(
      'row',
      'in',
      rows.map(({ row }) => row)
    )
    .where('outcome', 'in', ['create', 'enrol'])
    .orderBy('row')
    .forUpdate()
    .execute()
  return new Set(open.map(({ row }) => row))
}

interface DoneRow {
  readonly row: number
  readonly user_id: string
  readonly enrolment_id: string | null
  readonly created: boolean
}

async function recordDone(tx: Tx<Tables>, importId: string, done: readonly DoneRow[]): Promise<void> {
  await sql`
    update course.people_import_row as row
    set outcome = 'done', user_id = done.user_id, enrolment_id = done.enrolment_id, created_account = done.created
    from jsonb_to_recordset(${JSON.stringify(done)}::jsonb)
      as done("row" integer, user_id uuid, enrolment_id uuid, created boolean)
    where row.import_id = ${importId}::uuid and row."row" = done."row"`.execute(tx)
}
