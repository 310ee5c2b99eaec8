import { defineJob } from '@lyceum/platform/module'
import { Id } from '@lyceum/platform/schema'
import Type from 'typebox'
import type { CourseContext, Given } from '../context.ts'
import type { PeopleImport } from '../contract.ts'
import { loadImport, lockImport } from './load-import.ts'
import { NotToBeUndone } from './people-import.ts'

export const UndoPeopleImport = defineJob('course.undo-people-import', Type.Object({ importId: Id }))

/** Starts taking back what an import did, also one that stopped half-way. Saying so twice is harmless. */
export async function undoPeopleImport(
  context: CourseContext,
  { importId }: Given<'undoPeopleImport'>
): Promise<PeopleImport> {
  const { state } = await lockImport(context, importId)
  if (state !== 'undoing' && state !== 'undone') {
    if (state !== 'committed' && state !== 'failed') throw NotToBeUndone(state)
    await context.tx
      .updateTable('course.people_import')
      .set({ state: 'undoing', message: null })
      .where('id', '=', importId)
      .execute()
    await context.enqueue(UndoPeopleImport, { importId }, { key: `undo:${importId}` })
  }
  return loadImport(context, importId)
}
