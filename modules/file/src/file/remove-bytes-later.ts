import type { Finish } from '@lyceum/platform/backup/part-rule'
import { sql } from 'kysely'
import type { Tables } from '../context.ts'
import { RemoveBytes } from './remove-bytes.ts'

/** Long enough for whoever finds that the school should not have gone back. */
const LATER_MS = 24 * 60 * 60 * 1000

/** After a school went back: bytes that only files of the time since had go tomorrow, unless they are somebody's again by then. */
export async function removeBytesLater({ tx, tenantId, id, now, enqueue, acts }: Finish): Promise<void> {
  if (id !== null) return
  const runAt = new Date(now.getTime() + LATER_MS)
  const { rows } = await sql<{ key: string }>`
    select distinct file as key from ${sql.raw(acts)} where act = 'remove' and tenant_id = ${tenantId} and file is not null`.execute(
    tx<Tables>()
  )
  for (const { key } of rows) await enqueue(RemoveBytes, { key }, { runAt, key: `${RemoveBytes.name} ${key}` })
}
