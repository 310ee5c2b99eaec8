import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The identifier of a cluster, the same in all its copies: the first eight bytes of `global/pg_control`. */
export async function readSystemIdentifier(data: string): Promise<string> {
  return (await readFile(join(data, 'global', 'pg_control'))).readBigUInt64LE(0).toString()
}
