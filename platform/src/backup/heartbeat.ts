import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'

const KEPT_MS = 7 * 24 * 60 * 60_000

/** Writes that the installation is alive now, and forgets what is older than a week. */
export async function beat(database: Database, clock: Clock): Promise<void> {
  const now = clock.now()
  await inInstallation(database, async (tx) => {
    await sql`insert into platform.heartbeat (at) values (${now}) on conflict do nothing`.execute(tx)
    await sql`delete from platform.heartbeat where at < ${new Date(now.getTime() - KEPT_MS)}`.execute(tx)
  })
}
