import { asText, differences, readExactRecord } from '@lyceum/platform/backup/exact-record'
import { HELD_ARCHIVE } from '@lyceum/platform/backup/restore-set'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { inDatabase } from '@lyceum/server/surroundings'
import { endEverySignIn } from '@lyceum/user/end-every-sign-in'
import pg from 'pg'

type ExactRecord = Parameters<typeof differences>[0]

export interface AfterRestore {
  /** The last minute that the restored database knows of; null where it never knew one. */
  readonly lastHeartbeat: string | null
  readonly signInsEnded: number
  /** What differs from what was written down when the set was made; null where the restore ends elsewhere. */
  readonly differences: readonly string[] | null
  readonly tablesCompared: number
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * What has to happen in a restored database before anybody may use it: it is compared where it can be, and everybody is signed out,
 * because it has forgotten who was locked since.
 * @param record of the very moment that was restored, if it was
 */
export async function afterRestore(home: string, record: ExactRecord | null, now: Date): Promise<AfterRestore> {
  const postgres = await startEmbeddedPostgres({ home, log: quiet, settings: HELD_ARCHIVE })
  const url = inDatabase(postgres.url)
  const client = new pg.Client({ connectionString: url, application_name: 'lyceum restore' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const found = record === null ? null : differences(record, await readExactRecord(url))
    const beats = await client.query<{ last: string | null }>(
      `select ${asText('max(at)')} as last from platform.heartbeat`
    )
    const signInsEnded = await endEverySignIn(client, now)
    return {
      lastHeartbeat: beats.rows[0]?.last ?? null,
      signInsEnded,
      differences: found,
      tablesCompared: record?.tables.length ?? 0
    }
  } finally {
    await client.end().catch(() => undefined)
    await postgres.stop()
  }
}
