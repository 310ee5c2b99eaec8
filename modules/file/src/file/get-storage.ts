import type { FileContext, FileServices } from '../context.ts'
import { usedStorage } from './file.ts'

export const getStorage =
  ({ maxFileBytes, tenantLimitBytes }: Pick<FileServices, 'maxFileBytes' | 'tenantLimitBytes'>) =>
  async (
    context: FileContext
  ): Promise<{ files: number; bytes: number; limitBytes: number | null; maxFileBytes: number }> => ({
    ...(await usedStorage(context)),
    limitBytes: tenantLimitBytes,
    maxFileBytes
  })
