import { sql } from 'kysely'
import type { FileContext, FileServices, Given } from '../context.ts'
import type { File } from '../contract.ts'
import { describe, fileColumns } from './file.ts'

/** Every page view comes through here: one query, and one HMAC a file. Unknown ids are left out. */
export const describeFiles =
  ({ keys }: Pick<FileServices, 'keys'>) =>
  async (context: FileContext, { fileIds }: Given<'describeFiles'>): Promise<{ files: File[] }> => {
    if (fileIds.length === 0) return { files: [] }
    const rows = await context.tx
      .selectFrom('file.file')
      .select(fileColumns)
      .where(sql<boolean>`id = any(${fileIds}::uuid[])`)
      .where('deleted_at', 'is', null)
      .execute()
    return { files: rows.map((row) => describe(keys, context, row)) }
  }
