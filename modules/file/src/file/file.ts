import type { Caller } from '@lyceum/platform/caller'
import { defineError } from '@lyceum/platform/errors'
import type { Keys } from '@lyceum/platform/keys'
import { sql } from 'kysely'
import type { FileContext } from '../context.ts'
import type { File } from '../contract.ts'
import { fileAddress } from './file-address.ts'

export const FileNotFound = defineError(
  'file.not-found',
  'not-found',
  () => 'There is no such file, or it is not yours to see. Whoever gave you the address may give you a new one.'
)
export const FileNotReady = defineError(
  'file.not-ready',
  'conflict',
  () => 'That file has not arrived completely or is still being checked. Try again in a minute.'
)
export const FileQuarantined = defineError(
  'file.quarantined',
  'forbidden',
  (reason: string) => `That file is locked away: ${reason}. Upload a clean copy.`
)
export const FileTooLarge = defineError(
  'file.too-large',
  'too-large',
  (maxBytes: number) => `A file may have at most ${inMegabytes(maxBytes)} MB here. Make it smaller, or split it.`,
  (maxBytes) => ({ facts: { maxBytes } })
)
const SchoolFull = defineError(
  'file.school-full',
  'full',
  (limitBytes: number) =>
    `Your school has used its ${inMegabytes(limitBytes)} MB of storage. An administrator can remove files or ask for more.`,
  (limitBytes) => ({ facts: { limitBytes } })
)

const inMegabytes = (bytes: number): number => Math.floor((bytes / 1024 / 1024) * 10) / 10

/** The columns of a file as the contract has them; the address is added by `describe`. */
export const fileColumns = [
  'id',
  'name',
  'media_type as mediaType',
  'size',
  'sha256',
  'state',
  'reason',
  'width',
  'height',
  'created_at as createdAt'
] as const

export type FileRow = Omit<File, 'url'>

/** A file with a fresh address; one that is not ready has none. */
export const describe = (keys: Keys, { tenantId, now }: FileContext, row: FileRow): File => ({
  ...row,
  url: row.state === 'ready' ? fileAddress(keys, tenantId, row, now) : null
})

/** Who may look at a file by its id alone; everybody else reaches it through the course that shows it. */
export const mayLookAt = (caller: Caller, uploadedBy: string | null): boolean =>
  caller.internal ||
  (uploadedBy !== null && uploadedBy === caller.userId) ||
  caller.permissions.includes('course:author') ||
  caller.permissions.includes('school:manage')

export const mayDelete = (caller: Caller, uploadedBy: string | null): boolean =>
  caller.internal ||
  (uploadedBy !== null && uploadedBy === caller.userId) ||
  caller.permissions.includes('school:manage')

/**
 * Serialises, within one school, whoever begins to use bytes of storage, whoever counts them and whoever removes them.
 * Held to the end of the transaction.
 */
export async function lockStorage({ tx, tenantId }: FileContext): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`file ${tenantId}`}, 0))`.execute(tx)
}

/** Files count whole, also where two have the same bytes: deleting one frees what it says. */
export async function usedStorage({ tx }: FileContext): Promise<{ files: number; bytes: number }> {
  return tx
    .selectFrom('file.file')
    .select((is) => [is.fn.countAll<number>().as('files'), sql<number>`coalesce(sum(size), 0)::bigint`.as('bytes')])
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
}

/** Refuses what does not fit any more; holds the lock so that two uploads at once cannot both take the last space. */
export async function reserveStorage(context: FileContext, bytes: number, limitBytes: number | null): Promise<void> {
  if (limitBytes === null) return
  await lockStorage(context)
  const used = await usedStorage(context)
  if (used.bytes + bytes > limitBytes) throw SchoolFull(limitBytes)
}
