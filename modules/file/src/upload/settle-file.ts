import { defineJob } from '@lyceum/platform/module'
import Type from 'typebox'
import type { FileContext } from '../context.ts'
import { FileStored } from '../contract.ts'
import type { Verdict } from './scan-bytes.ts'

/** Asks the virus scanner again, later. */
export const ScanFile = defineJob('file.scan-file', Type.Object({ fileId: Type.String() }))

/** Writes down what the scanner said; a file that was settled before stays as it was. */
export async function settleFile(
  { tx, now, publish, enqueue }: FileContext,
  fileId: string,
  verdict: Verdict
): Promise<void> {
  const { outcome } = verdict
  const settled = await tx
    .updateTable('file.file')
    .set({
      state: outcome === 'clean' ? 'ready' : outcome === 'refused' ? 'quarantined' : 'receiving',
      reason: verdict.outcome === 'clean' ? null : verdict.reason,
      received_at: now
    })
    .where('id', '=', fileId)
    .where('state', '=', 'receiving')
    .where('deleted_at', 'is', null)
    .returning(['name', 'media_type as mediaType', 'size'])
    .executeTakeFirst()
  if (!settled) return
  if (outcome === 'clean') await publish(FileStored, { fileId, ...settled })
  if (outcome === 'undecided') await enqueue(ScanFile, { fileId }, { key: `${ScanFile.name} ${fileId}` })
}
