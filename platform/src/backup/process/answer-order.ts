import { wordsOf } from '../backup-error.ts'
import type { BackupOrder, BackupReport } from './run-apart.ts'

/** Lets a process that a server started do the one thing that it was started for, and answer. */
export function answerOrder(perform: (order: BackupOrder) => Promise<BackupReport>): void {
  process.once('message', (order: BackupOrder) => {
    perform(order)
      .catch((error: unknown): BackupReport => {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed'
        return { ok: false, code, message: wordsOf(error) }
      })
      .then((report) => process.send?.(report, () => process.exit(0)))
  })
  // The server is gone: whoever starts next begins anew.
  process.once('disconnect', () => process.exit(1))
}
