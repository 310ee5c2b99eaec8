import type { CourseContext, CourseJob } from '../context.ts'
import type { PeopleImport } from '../contract.ts'

/** Rows per transaction: short enough to be killed and repeated cheaply, long enough to be quick. */
export const CHUNK = 500

export async function finish(
  { tx }: CourseContext,
  importId: string,
  from: PeopleImport['state'],
  to: PeopleImport['state'],
  message: string | null
): Promise<void> {
  await tx
    .updateTable('course.people_import')
    .set({ state: to, message })
    .where('id', '=', importId)
    .where('state', '=', from)
    .execute()
}

/** After the last attempt somebody must be told, instead of watching a count that never moves again. */
export async function stopFor(job: CourseJob, importId: string, remedy: string): Promise<void> {
  if (!job.lastAttempt) return
  await job.transact(({ tx }) =>
    tx
      .updateTable('course.people_import')
      .set({ state: 'failed', message: `The import has stopped because of a fault. ${remedy}` })
      .where('id', '=', importId)
      .where('state', 'in', ['committing', 'undoing'])
      .execute()
  )
}
