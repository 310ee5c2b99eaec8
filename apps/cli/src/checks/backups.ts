import { makesBackups, queryOf, readLastProofs } from '@lyceum/platform/backup/proof'
import pg from 'pg'
import { type Check, fault, note, ok, skipped } from './check.ts'
import { ownerUrl } from './database.ts'

/** Proven daily, with some hours to spare. */
const OLDEST_PROOF_MS = 30 * 60 * 60_000

export const backups: Check = {
  what: 'backups',
  check: async (place) => {
    if (place.config.DATABASE_URL !== null && !makesBackups(place.config))
      return skipped('the database is yours to back up')
    if (!makesBackups(place.config))
      return note('there are none: what happens to this disk happens to the school', 'lyceum backup setup --to PATH')
    if (place.config.BACKUP_IDENTITY === null)
      return fault(
        'sets cannot be tried out: the key that opens them is not here',
        'Name its file with BACKUP_IDENTITY_FILE.'
      )
    const url = await ownerUrl(place)
    if (url === undefined) return skipped('the embedded database is not running')
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    await client.connect()
    try {
      const { proven, last } = await readLastProofs(queryOf(client))
      if (last === null) return note('no set was tried out yet; that happens every night', 'lyceum backup verify')
      if (last.verdict !== 'proven')
        return fault(
          `the trial of ${last.finishedAt} did not bring the school back: ${last.why}`,
          'lyceum backup check'
        )
      const said = `proven by restoring at ${last.finishedAt}: ${last.rpoSeconds} s would be lost, ${last.rtoSeconds} s until back`
      return proven !== null && Date.now() - Date.parse(proven.finishedAt) <= OLDEST_PROOF_MS
        ? ok(said)
        : fault(`last ${said}`, 'lyceum backup verify; see in the log why the nightly one did not run.')
    } finally {
      await client.end()
    }
  }
}
