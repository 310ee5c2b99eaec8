import type { FileContext, Given } from '../context.ts'
import { FileNotFound, mayDelete } from './file.ts'
import { RemoveBytes } from './remove-bytes.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export async function deleteFile(context: FileContext, { fileId }: Given<'deleteFile'>): Promise<{ done: true }> {
  const found = await context.tx
    .selectFrom('file.file')
    .select(['created_by'])
    .where('id', '=', fileId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!found || !mayDelete(context.caller, found.created_by)) throw FileNotFound()
  await removeFile(context, fileId)
  return { done: true }
}

/** The file is gone at once; its bytes a day later, when no other file has the same and addresses given out have expired. */
export async function removeFile({ tx, now, caller, enqueue }: FileContext, fileId: string): Promise<void> {
  const removed = await tx
    .updateTable('file.file')
    .set({ deleted_at: now, deleted_by: caller.userId })
    .where('id', '=', fileId)
    .where('deleted_at', 'is', null)
    .returning(['key'])
    .executeTakeFirst()
  if (!removed?.key) return
  await enqueue(
    RemoveBytes,
    { key: removed.key },
    { runAt: new Date(now.getTime() + DAY_MS), key: `${RemoveBytes.name} ${removed.key}` }
  )
}
