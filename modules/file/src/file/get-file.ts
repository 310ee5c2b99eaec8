import type { FileContext, FileServices, Given } from '../context.ts'
import type { File } from '../contract.ts'
import { describe, FileNotFound, fileColumns, mayLookAt } from './file.ts'

export const getFile =
  ({ keys }: Pick<FileServices, 'keys'>) =>
  async (context: FileContext, { fileId }: Given<'getFile'>): Promise<File> => {
    const found = await context.tx
      .selectFrom('file.file')
      .select([...fileColumns, 'created_by'])
      .where('id', '=', fileId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (!found || !mayLookAt(context.caller, found.created_by)) throw FileNotFound()
    const { created_by, ...row } = found
    return describe(keys, context, row)
  }
