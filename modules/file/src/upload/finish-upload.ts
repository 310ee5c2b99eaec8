import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { FileContext, FileServices, Transact } from '../context.ts'
import { FileNotFound, lockStorage } from '../file/file.ts'
import { type Findings, inspectFile } from '../file/inspect-file.ts'
import { scanBytes, type Verdict } from './scan-bytes.ts'
import { settleFile } from './settle-file.ts'
import type { UploadStore } from './upload-store.ts'

/** A scanner that takes longer goes on in a job, so that the sender's connection does not time out meanwhile. */
const SCAN_PATIENCE_MS = 20_000

export interface Receiving {
  readonly id: string
  readonly name: string
  /** Set once the bytes were about to move into storage. */
  readonly key: string | null
}

/**
 * Turns a complete upload into a file: looks at the bytes, has them scanned, moves them into storage and says so.
 * Each step may be the last before a crash; doing all of it again from the top ends in the same state.
 */
export const finishUpload =
  (services: Pick<FileServices, 'storage' | 'scanCommand'>, uploads: UploadStore) =>
  async (transact: Transact, tenantId: string, { id, name, key }: Receiving): Promise<void> => {
    const verdict = await ((await uploads.received(id)) === undefined
      ? scanStored(services, key)
      : store(services, uploads, transact, { tenantId, id, name }))
    await transact((context) => settleFile(context, id, verdict))
    await uploads.discard(id)
  }

async function store(
  { storage, scanCommand }: Pick<FileServices, 'storage' | 'scanCommand'>,
  uploads: UploadStore,
  transact: Transact,
  { tenantId, id, name }: { readonly tenantId: string; readonly id: string; readonly name: string }
): Promise<Verdict> {
  const { path, release } = await uploads.collect(id)
  try {
    const findings = await inspectFile(path, name)
    const sha256 = await digestOf(path)
    // Before the bytes are there: from now on nobody removes the same bytes of a file deleted long ago.
    await transact((context) => claimBytes(context, id, sha256, findings))
    const verdict = await scanBytes(scanCommand, path, SCAN_PATIENCE_MS)
    await storage.adopt(tenantId, path, { sha256 })
    return verdict
  } finally {
    await release()
  }
}

async function claimBytes(
  context: FileContext,
  id: string,
  sha256: string,
  { mediaType, scripted, width, height }: Findings
): Promise<void> {
  await lockStorage(context)
  await context.tx
    .updateTable('file.file')
    .set({
      key: `${context.tenantId}/${sha256}`,
      sha256,
      media_type: mediaType,
      scripted,
      width,
      height
    })
    .where('id', '=', id)
    .execute()
}

/** The process ended after the bytes had moved and before anybody was told. */
async function scanStored(
  { storage, scanCommand }: Pick<FileServices, 'storage' | 'scanCommand'>,
  key: string | null
): Promise<Verdict> {
  if (key === null) throw FileNotFound()
  const copy = await storage.localCopy(key)
  try {
    return await scanBytes(scanCommand, copy.path, SCAN_PATIENCE_MS)
  } finally {
    await copy.release()
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}
