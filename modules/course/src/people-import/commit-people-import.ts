import { defineJob } from '@lyceum/platform/module'
import { Id } from '@lyceum/platform/schema'
import Type from 'typebox'
import type { CourseContext, Given } from '../context.ts'
import type { PeopleImport } from '../contract.ts'
import { loadImport, lockImport } from './load-import.ts'
import { NothingToCommit, NotToBeCommitted } from './people-import.ts'

export const CommitPeopleImport = defineJob(
  'course.commit-people-import',
  Type.Object({ importId: Id, committedBy: Id })
)

/** Starts an import, or goes on with one that stopped. Saying so twice is harmless. */
export async function commitPeopleImport(
  context: CourseContext,
  { importId }: Given<'commitPeopleImport'>
): Promise<PeopleImport> {
  const { state, counts } = await lockImport(context, importId)
  if (state !== 'committing' && state !== 'committed') {
    if (state !== 'checked' && state !== 'failed') throw NotToBeCommitted(state)
    if (counts.create + counts.enrol === 0) throw NothingToCommit()
    await context.tx
      .updateTable('course.people_import')
      .set({ state: 'committing', message: null })
      .where('id', '=', importId)
      .execute()
    await context.enqueue(CommitPeopleImport, { importId, committedBy: context.userId }, { key: `commit:${importId}` })
  }
  return loadImport(context, importId)
}
