import type pg from 'pg'
import type { Pinned } from '../engine/surroundings.ts'

/** Browsers that the product keeps on this release, and until when. */
export async function readPinned(
  client: Pick<pg.ClientBase, 'query'>,
  release: string | null,
  now: Date
): Promise<Pinned> {
  const { rows } = await client.query<Pinned>(
    `select count(*)::int as count, to_char(max(until) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until
     from platform.pin where release = $1 and until > $2`,
    [release, now]
  )
  return rows[0] ?? { count: 0, until: null }
}
