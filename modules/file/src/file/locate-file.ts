import type { FileContext, FileServices, Given } from '../context.ts'
import type { File } from '../contract.ts'
import { describe, FileNotFound, FileNotReady, FileQuarantined, fileColumns } from './file.ts'

/** For modules that read the bytes themselves. What is not clean and whole is refused: nobody opens it by mistake. */
export const locateFile =
  ({ keys }: Pick<FileServices, 'keys'>) =>
  async (
    context: FileContext,
    { fileId }: Given<'locateFile'>
  ): Promise<File & { key: string; uploadedBy: string | null }> => {
    const found = await context.tx
      .selectFrom('file.file')
      .select([...fileColumns, 'key', 'created_by as uploadedBy'])
      .where('id', '=', fileId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (!found) throw FileNotFound()
    const { key, uploadedBy, ...row } = found
    if (row.state === 'quarantined') throw FileQuarantined(row.reason ?? '')
    if (row.state === 'receiving' || key === null) throw FileNotReady()
    return { ...describe(keys, context, row), key, uploadedBy }
  }
