import { makesBackups, queryOf, readLastProofs } from '@lyceum/platform/backup/proof'
import type { Config } from '@lyceum/platform/config'
import type pg from 'pg'
import type { Backup } from '../gate/gate.ts'

/** What the database remembers of trials of backups; null where Lyceum makes none. */
export async function readBackup(
  config: Config,
  withDatabase: (work: (client: pg.Client) => Promise<Backup>) => Promise<Backup>
): Promise<Backup | null> {
  if (!makesBackups(config)) return null
  return withDatabase(async (client) => {
    const { proven, last } = await readLastProofs(queryOf(client))
    return {
      provenAt: proven === null ? null : new Date(proven.finishedAt),
      failed:
        last === null || last.verdict === 'proven'
          ? null
          : { at: new Date(last.finishedAt), why: last.why ?? 'unknown' }
    }
  })
}
