import type { FileContext, Given } from '../context.ts'
import { removeFile } from './delete-file.ts'
import { RemoveBytes } from './remove-bytes.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Leaves nothing of something larger that was begun and cannot be finished. */
export async function discardFiles(
  context: FileContext,
  { fileIds, keys }: Given<'discardFiles'>
): Promise<{ done: true }> {
  for (const fileId of fileIds) await removeFile(context, fileId)
  const runAt = new Date(context.now.getTime() + DAY_MS)
  for (const key of keys) await context.enqueue(RemoveBytes, { key }, { runAt, key: `${RemoveBytes.name} ${key}` })
  return { done: true }
}
