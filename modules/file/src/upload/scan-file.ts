import type { Static } from 'typebox'
import type { FileJob, FileServices } from '../context.ts'
import { scanBytes } from './scan-bytes.ts'
import { type ScanFile, settleFile } from './settle-file.ts'

const PATIENCE_MS = 10 * 60 * 1000

/** Asks the scanner again about a file it gave no answer on. One that never gets an answer stays closed for good. */
export const scanFile =
  ({ storage, scanCommand }: Pick<FileServices, 'storage' | 'scanCommand'>) =>
  async ({ transact, lastAttempt }: FileJob, { fileId }: Static<typeof ScanFile.payload>): Promise<void> => {
    const waiting = await transact(({ tx }) =>
      tx
        .selectFrom('file.file')
        .select(['key'])
        .where('id', '=', fileId)
        .where('state', '=', 'receiving')
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
    )
    if (!waiting?.key) return
    const copy = await storage.localCopy(waiting.key)
    const verdict = await scanBytes(scanCommand, copy.path, PATIENCE_MS).finally(() => copy.release())
    if (verdict.outcome === 'undecided' && !lastAttempt) throw new Error(verdict.reason)
    await transact((context) =>
      settleFile(
        context,
        fileId,
        verdict.outcome === 'undecided' ? { outcome: 'refused', reason: `${verdict.reason}, again and again` } : verdict
      )
    )
  }
