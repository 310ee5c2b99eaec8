import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Connection } from '@lyceum/platform/copy-mark'
import type { StandIns } from '@lyceum/platform/stand-ins'
import type { Storage, StoredObject } from '@lyceum/platform/storage'
import { standInBytes } from './stand-in-bytes.ts'

interface Row {
  readonly tenant_id: string
  readonly id: string
  readonly media_type: string
  readonly size: number
  readonly sha256: string
  readonly key: string
  readonly width: number | null
  readonly height: number | null
}

export interface Replacing {
  readonly connection: Connection
  readonly storage: Storage
  readonly standIns: StandIns
  /** Ids, as they are now, of files whose bytes stay. */
  readonly kept: ReadonlySet<string>
}

/**
 * Gives every file bytes that nobody made, under the schools' new ids; part of the caller's transaction, before any row is rewritten.
 * What was stored stays until nothing refers to it.
 * @returns how many objects were made anew, and how many were taken over
 */
export async function replaceBytes({
  connection,
  storage,
  standIns,
  kept
}: Replacing): Promise<{ made: number; kept: number }> {
  const { rows } = await connection.query<Row>(
    `select tenant_id, id, media_type, size::float8 as size, sha256, key, width, height from file.file where key is not null and state <> 'receiving' order by key`
  )
  const numbers = { made: 0, kept: 0 }
  for (const [key, files] of Map.groupBy(rows, (row) => row.key)) {
    const [first] = files
    if (!first) continue
    const tenantId = standIns.replace('id', first.tenant_id)
    // Somebody else's copy of the same bytes is theirs.
    const isKept = files.every(({ id }) => kept.has(id))
    const there = await storage.size(key).then(
      () => true,
      (error: unknown) => {
        if (isMissing(error)) return false
        throw error
      }
    )
    const stand =
      isKept && there
        ? await takeOver(storage, tenantId, first)
        : await makeAnew(storage, tenantId, first, standIns, there)
    numbers[isKept && there ? 'kept' : 'made']++
    await connection.query(
      'update file.file set key = $2, sha256 = $3, size = $4, width = $5, height = $6 where key = $1',
      [key, stand.key, stand.sha256, stand.size, stand.width, stand.height]
    )
  }
  // A file without bytes has nothing but a digest to tell.
  await connection.query(`update file.file set sha256 = '' where key is null`)
  return numbers
}

type Stored = StoredObject & { readonly width: number | null; readonly height: number | null }

async function takeOver(storage: Storage, tenantId: string, { key, width, height }: Row): Promise<Stored> {
  return { ...(await storage.put(tenantId, await storage.read(key))), width, height }
}

async function makeAnew(
  storage: Storage,
  tenantId: string,
  row: Row,
  standIns: StandIns,
  there: boolean
): Promise<Stored> {
  const { bytes, width, height } = await standInBytes(
    {
      sha256: row.sha256,
      mediaType: row.media_type,
      size: row.size,
      width: row.width,
      height: row.height,
      text: async () => (there ? (await buffer(await storage.read(row.key))).toString('utf8') : '')
    },
    standIns
  )
  return { ...(await storage.put(tenantId, Readable.from([bytes]))), width, height }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'storage.object-missing'
