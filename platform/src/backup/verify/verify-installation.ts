import pg from 'pg'
import { type Clock, systemClock } from '../../clock.ts'
import type { Config } from '../../config/config.ts'
import type { Migration } from '../../migrations/migration.ts'
import { openStorage } from '../../storage/open-storage.ts'
import { BackupError } from '../backup-error.ts'
import { asText } from '../engine/exact-record.ts'
import { openBackups } from '../open-backups.ts'
import { keepProof, type Query, queryOf, type Verification } from './proof.ts'
import { scratchOf } from './scratch.ts'
import { type TryOut, verifySet } from './verify-set.ts'

export interface VerifyInstallation {
  readonly config: Config
  readonly home: string
  /** Of the database that remembers what came of it. */
  readonly ownerUrl: string
  readonly migrations: readonly Migration[]
  readonly set?: string | null
  readonly allFiles?: boolean
  /** Folder to try it out in; one in the home where none is named. */
  readonly scratch?: string | undefined
  readonly tryOut: TryOut
  readonly clock?: Clock
  readonly tell: (line: string) => void
}

/** Proves a set of an installation with the embedded database, and remembers what came of it. @throws BackupError */
export async function verifyInstallation({
  config,
  home,
  ownerUrl,
  migrations,
  set = null,
  allFiles = false,
  scratch = scratchOf(home),
  tryOut,
  clock = systemClock,
  tell
}: VerifyInstallation): Promise<Verification> {
  const { key, first, offsite } = await openBackups(config)
  if (key.opener === undefined)
    throw new BackupError(
      'backup.no-identity',
      'Backups are sealed, and this machine has no key to try them out: name its file with BACKUP_IDENTITY_FILE.',
      'refused'
    )
  const aliveAt = await withOwner(ownerUrl, readLastBeat)
  const found = await verifySet({
    config,
    repositories: [first, ...(typeof offsite === 'object' ? [offsite] : [])],
    set,
    migrations,
    scratch,
    allFiles,
    live: await openStorage(config, home),
    aliveAt,
    tryOut,
    now: () => clock.now(),
    tell
  })
  const verification =
    typeof offsite === 'string' ? { ...found, faults: [...found.faults, `second repository: ${offsite}`] } : found
  // A connection of its own: a trial may take longer than one stays open.
  await withOwner(ownerUrl, (query) => keepProof(query, verification))
  return verification
}

async function readLastBeat(query: Query): Promise<Date | null> {
  const [row] = await query<{ last: string | null }>(`select ${asText('max(at)')} as last from platform.heartbeat`)
  return row?.last == null ? null : new Date(row.last)
}

async function withOwner<Answer>(ownerUrl: string, work: (query: Query) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum backup verify' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(queryOf(client))
  } finally {
    await client.end()
  }
}
