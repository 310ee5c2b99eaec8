import { type File, fileContract } from '@lyceum/file/contract'
import type { Asking } from '@lyceum/platform/module'
import { courseContract } from '../contract.ts'

export interface ItemFiles {
  readonly courseId: string
  readonly files: readonly File[]
}

/** The files an item shows or offers, with addresses signed afresh; `more` are files it is about to show. */
export async function askForFiles(
  { call }: Asking,
  { itemId }: { readonly itemId: string },
  more: readonly string[] = []
): Promise<ItemFiles> {
  const { courseId, fileIds } = await call(courseContract).listItemFiles({ itemId })
  const wanted = [...new Set([...fileIds, ...more])]
  if (wanted.length === 0) return { courseId, files: [] }
  const { files } = await call(fileContract).describeFiles({ fileIds: wanted })
  return { courseId, files }
}
