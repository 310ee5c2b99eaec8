import { differences, readExactRecord } from '@lyceum/platform/backup/exact-record'

type ExactRecord = Parameters<typeof differences>[0]

/** What writes by itself: heartbeats, jobs, counts. It says nothing about what people have. */
const OWN_SCHEMAS = /^(?:platform|graphile_worker)\./
/** Written by the restore, which signs everybody out. */
const BY_RESTORE = new Set(['"user".sign_in', '"user".revocation'])

/**
 * Tables that had the same rows before and after an instant had them at that instant too: those can be compared row by row with what
 * was restored to any instant in between.
 */
export function sameThroughout(before: ExactRecord, after: ExactRecord): ExactRecord {
  const later = new Map(after.tables.map((table) => [table.table, table]))
  const tables = before.tables.filter(({ table, rows, checksum }) => {
    const other = later.get(table)
    return !OWN_SCHEMAS.test(table) && !BY_RESTORE.has(table) && other?.rows === rows && other.checksum === checksum
  })
  return { ...before, tables }
}

/** In words, where a restored database differs; tables that the record does not have are left out. */
export async function compareWith(record: ExactRecord, ownerUrl: string): Promise<readonly string[]> {
  const found = await readExactRecord(ownerUrl)
  const known = new Set(record.tables.map(({ table }) => table))
  return differences(record, { ...found, tables: found.tables.filter(({ table }) => known.has(table)) })
}
