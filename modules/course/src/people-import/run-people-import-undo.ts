import type { Tx } from '@lyceum/platform/transaction'
import { userContract } from '@lyceum/user/contract'
import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { CourseJob, Tables } from '../context.ts'
import { CHUNK, finish, stopFor } from './import-state.ts'
import type { UndoPeopleImport } from './undo-people-import.ts'

const ACCOUNT_KEPT = [
  {
    column: 'email',
    code: 'account-in-use',
    message: 'The account is in use, so it was kept. Deactivate it if this person should not be here.'
  }
]

/**
 * Job: takes back exactly what an import did. First every enrolment, then the accounts: an account is in use as long as
 * any enrolment is left, and one person's rows may lie in different chunks.
 */
export async function runPeopleImportUndo(
  job: CourseJob,
  { importId }: Static<(typeof UndoPeopleImport)['payload']>
): Promise<void> {
  try {
    while (await job.transact(({ tx, now }) => endEnrolments(tx, importId, now))) {}
    for (;;) {
      const rows = await job.transact(({ tx }) => nextAccounts(tx, importId))
      if (rows.length === 0) break
      await removeAccounts(job, importId, rows)
    }
    await job.transact(async (context) => {
      const { kept } = await context.tx
        .selectFrom('course.people_import_row')
        .select(({ fn }) => fn.countAll<number>().as('kept'))
        .where('import_id', '=', importId)
        .where('outcome', '=', 'failed')
        .executeTakeFirstOrThrow()
      const message = kept === 0 ? null : `${kept} accounts were in use already and have been kept.`
      await finish(context, importId, 'undoing', 'undone', message)
    })
  } catch (error) {
    await stopFor(job, importId, 'Undo it again to go on.')
    throw error
  }
}

/** One chunk; true while there may be more. Rows that made an account stay `done` until the account's turn. */
async function endEnrolments(tx: Tx<Tables>, importId: string, now: Date): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    with chunk as materialized (
      select "row", enrolment_id from course.people_import_row
      where import_id = ${importId}::uuid and outcome = 'done' and (enrolment_id is not null or not created_account)
      order by "row" limit ${CHUNK} for update
    ), ended as (
      update course.enrolment set ended_at = ${now}
      where id in (select enrolment_id from chunk) and ended_at is null
    )
    update course.people_import_row as row
    set enrolment_id = null, outcome = case when row.created_account then 'done' else 'undone' end
    from chunk where row.import_id = ${importId}::uuid and row."row" = chunk."row"`.execute(tx)
  return numAffectedRows > 0n
}

interface AccountRow {
  readonly row: number
  readonly userId: string
  readonly enrolled: boolean
}

async function nextAccounts(tx: Tx<Tables>, importId: string): Promise<AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    select "row", user_id as "userId", exists (
      select from course.enrolment where enrolment.user_id = import_row.user_id and ended_at is null) as enrolled
    from course.people_import_row as import_row
    where import_id = ${importId}::uuid and outcome = 'done' order by "row" limit ${CHUNK}`.execute(tx)
  return rows
}

async function removeAccounts(job: CourseJob, importId: string, rows: readonly AccountRow[]): Promise<void> {
  const userIds = rows.filter(({ enrolled }) => !enrolled).map(({ userId }) => userId)
  const users = job.call(userContract)
  const { removed } = await users.removeUnusedPeople({ userIds })
  // An attempt that died may have removed some already, and then nobody is left to be removed.
  const { people } = await users.lookUpPeople({ userIds })
  const left = new Set([
    ...people.map(({ id }) => id),
    ...rows.filter(({ enrolled }) => enrolled).map((row) => row.userId)
  ])
  for (const userId of removed) left.delete(userId)
  const gone = rows.filter(({ userId }) => !left.has(userId))
  const kept = rows.filter(({ userId }) => left.has(userId))
  await job.transact(async ({ tx }) => {
    const goneIds = gone.map(({ userId }) => userId)
    await sql`delete from course.enrolment where user_id = any(${goneIds}::uuid[])`.execute(tx)
    await sql`delete from course.person where user_id = any(${goneIds}::uuid[])`.execute(tx)
    const mark = (outcome: 'undone' | 'failed', errors: object, marked: readonly AccountRow[]) =>
      sql`
      update course.people_import_row set outcome = ${outcome}, errors = ${JSON.stringify(errors)}::jsonb
      where import_id = ${importId}::uuid and "row" = any(${marked.map(({ row }) => row)}::integer[])`.execute(tx)
    await mark('undone', [], gone)
    await mark('failed', ACCOUNT_KEPT, kept)
  })
}
