import pg from 'pg'
import { withDatabase } from '../../installation.ts'
import type { Pinned } from '../engine/surroundings.ts'

/** Who is kept on a release, in any school; null while the database cannot be asked. */
export async function readPinned(release: string): Promise<Pinned | null> {
  try {
    return await withDatabase(async ({ ownerUrl }) => {
      const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum pins' })
      await client.connect()
      try {
        const { rows } = await client.query<{ count: number; until: Date | null }>(
          'select count(*)::int as count, max(until) as until from platform.pin where release = $1 and until > now()',
          [release]
        )
        const [found] = rows
        return { count: found?.count ?? 0, until: found?.until ? new Date(found.until).toISOString() : null }
      } finally {
        await client.end()
      }
    })
  } catch {
    return null
  }
}
