import pg from 'pg'
import { type Clock, systemClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { describeSettings } from '../config/reference.ts'
import type { SecretPlace } from '../secrets/where-secrets-are.ts'
import { openStorage } from '../storage/open-storage.ts'
import { openEngine } from './engine/open-engine.ts'
import { pushOnce } from './files/push-once.ts'
import { openBackups } from './open-backups.ts'
import type { Repository } from './repository/repository.ts'
import { type Created, createSet } from './set/create-set.ts'
import type { LedgerEntry, Manifest, SetType } from './set/set.ts'

export interface BackupPlace {
  readonly config: Config
  readonly home: string
  /** Of the database, as its owner. */
  readonly ownerUrl: string
  /** Where its secrets are: a restored installation has to get them from there. */
  readonly secrets: readonly SecretPlace[]
  readonly tell: (line: string) => void
  readonly clock?: Clock
}

/** Backs up the whole installation: database, uploaded files, settings. @throws BackupError */
export async function createBackup(
  { config, home, ownerUrl, secrets, tell, clock = systemClock }: BackupPlace,
  {
    type,
    point = null,
    archivedWithinMs
  }: {
    readonly type: SetType
    readonly point?: string | null
    readonly archivedWithinMs?: number | undefined
  }
): Promise<Created> {
  const { first, offsite } = await openBackups(config)
  const created = await createSet({
    type,
    point,
    engine: openEngine({ config, home, ownerUrl, archivedWithinMs }),
    storage: await openStorage(config, home),
    first,
    offsite: reachable(offsite),
    release: config.RELEASE,
    ledger: () => readLedger(ownerUrl),
    configuration: withoutSecrets(config),
    secrets,
    keepDays: config.BACKUP_KEEP_DAYS,
    offsiteKeepDays: config.BACKUP_OFFSITE_KEEP_DAYS,
    now: () => clock.now(),
    tell
  })
  return typeof offsite === 'string' ? { ...created, offsite: { copied: false, fault: offsite } } : created
}

/** Stores uploaded files that came since. @throws BackupError */
export async function pushUploads({ config, home }: Pick<BackupPlace, 'config' | 'home'>) {
  const { first, offsite } = await openBackups(config)
  return pushOnce(first, reachable(offsite), await openStorage(config, home))
}

const reachable = (offsite: Repository | string | undefined): Repository | undefined =>
  typeof offsite === 'string' ? undefined : offsite

async function readLedger(ownerUrl: string): Promise<LedgerEntry[]> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum backup' })
  await client.connect()
  try {
    const { rows } = await client.query<LedgerEntry>(
      'select module, name, hash, phase from public.lyceum_migration order by applied_at, module, name'
    )
    return rows
  } finally {
    await client.end()
  }
}

function withoutSecrets(config: Config): Manifest['configuration'] {
  const values = new Map<string, unknown>(Object.entries(config))
  return Object.fromEntries(
    describeSettings()
      .filter(({ secret }) => !secret)
      .map(({ name }) => {
        const value = values.get(name)
        return [name, value === null || value === undefined ? null : String(value)]
      })
  )
}
