import { asText, differences, readExactRecord } from '@lyceum/platform/backup/exact-record'
import type { RestorePlan } from '@lyceum/platform/backup/plan-restore'
import { HELD_ARCHIVE } from '@lyceum/platform/backup/restore-set'
import { markAsCopy } from '@lyceum/platform/copy-mark'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { type Settled, settleRestored } from '@lyceum/server/settle-restored'
import { inDatabase } from '@lyceum/server/surroundings'
import { endEverySignIn } from '@lyceum/user/end-every-sign-in'
import pg from 'pg'

type ExactRecord = Parameters<typeof differences>[0]

export interface AfterRestore {
  /** The last minute that the restored database knows of; null where it never knew one. */
  readonly lastHeartbeat: string | null
  readonly signInsEnded: number
  /** Jobs, reactions and mail that were under way; null for a copy, from which nothing leaves. */
  readonly work: Settled | null
  /** What differs from what was written down when the set was made; null where the restore ends elsewhere. */
  readonly differences: readonly string[] | null
  readonly tablesCompared: number
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * What has to happen in a restored database before anybody may use it: it is compared where it can be, everybody is signed out,
 * because it has forgotten who was locked since, and what may have left the house since does not leave it again by itself.
 * @param record of the very moment that was restored, if it was
 * @param copyOf the set, where this is to be a copy and no original
 */
export async function afterRestore(
  home: string,
  {
    record,
    copyOf,
    broker,
    now,
    recover
  }: {
    readonly record: ExactRecord | null
    readonly copyOf: string | null
    /** Whether events are handed to one. */
    readonly broker: boolean
    readonly now: Date
    /** How it came back, where it is not the product's own PostgreSQL that runs it. */
    readonly recover?: Pick<RestorePlan['recover'], 'programs' | 'database'>
  }
): Promise<AfterRestore> {
  const postgres = await startEmbeddedPostgres({
    home,
    log: quiet,
    settings: HELD_ARCHIVE,
    programs: recover?.programs
  })
  const url = inDatabase(postgres.url, recover?.database)
  const client = new pg.Client({ connectionString: url, application_name: 'lyceum restore' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const found = record === null ? null : differences(record, await readExactRecord(url))
    const beats = await client.query<{ last: string | null }>(
      `select ${asText('max(at)')} as last from platform.heartbeat`
    )
    const signInsEnded = await endEverySignIn(client, now)
    if (copyOf !== null) await markAsCopy(client, { of: copyOf, now })
    const work = copyOf === null ? await settleRestored(client, broker) : null
    return {
      lastHeartbeat: beats.rows[0]?.last ?? null,
      signInsEnded,
      work,
      differences: found,
      tablesCompared: record?.tables.length ?? 0
    }
  } finally {
    await client.end().catch(() => undefined)
    await postgres.stop()
  }
}
