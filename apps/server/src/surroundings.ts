import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Clock, systemClock } from '@lyceum/platform/clock'
import type { Config } from '@lyceum/platform/config'
import { mustBeUsable, readCopyMark } from '@lyceum/platform/copy-mark'
import { type EmbeddedPostgres, findRunningPostgres } from '@lyceum/platform/embedded-postgres'
import type { EmbeddedPostgresLog } from '@lyceum/platform/embedded-postgres-log'
import type { Log } from '@lyceum/platform/log'
import { prepareLogins } from '@lyceum/platform/logins'
import { addingPhases, allPhases, migrateUp, migrationStatus } from '@lyceum/platform/migrate'
import { type Fleet, poolSizeFor, readRoom } from '@lyceum/platform/pool-size'
import { findPrimary } from '@lyceum/platform/primary'
import type pg from 'pg'
import { startArchivedPostgres } from './backups.ts'
import type { Surroundings } from './compose.ts'
import { type HeldSecrets, holdSecrets } from './held-secrets.ts'
import { allMigrations } from './migrations.ts'
import { findRunning } from './running.ts'
import { installationSecret } from './secrets.ts'

export interface Prepared {
  readonly surroundings: Surroundings
  /** The role that owns the database; for migrations and nothing else. */
  readonly ownerUrl: string
  readonly postgres: EmbeddedPostgres | undefined
  readonly secrets: HeldSecrets
}

export class SchemaPending extends Error {}

const EMBEDDED_DATABASE = 'lyceum'

/** Everything the product stands on: folders, secrets, a database of the right schema, and the logins that run it. */
export async function prepareSurroundings(
  config: Config,
  log: Log,
  hide: (secret: string) => void,
  {
    clock = systemClock,
    attach = false,
    lookAgain = async () => undefined
  }: {
    readonly clock?: Clock
    readonly attach?: boolean
    /** Reads the settings again, where a password of the database was refused. */
    readonly lookAgain?: () => Promise<void>
  } = {}
): Promise<Prepared> {
  const home = resolve(config.LYCEUM_HOME)
  mkdirSync(home, { recursive: true })
  const secrets = holdSecrets(
    config,
    (name) => {
      const value = config[name] ?? (name === 'SERVICE_SECRET_KEY' ? '' : installationSecret(home, name))
      if (value !== '') hide(value)
      return value
    },
    lookAgain
  )
  const { postgres, ownerUrl } = await openOwnedDatabase(config, log, { attach })
  hide(decodeURIComponent(new URL(ownerUrl).password))
  try {
    const mark = await withOwner(ownerUrl, readCopyMark)
    mustBeUsable(mark, config.LYCEUM_ENV === 'production')
    const migrations = allMigrations()
    const { pending } = await migrationStatus({ ownerUrl, migrations })
    const isAlone = postgres !== undefined || config.LYCEUM_ENV !== 'production'
    const mayMigrate = config.MIGRATE_ON_START === 'always' || (config.MIGRATE_ON_START === 'auto' && isAlone)
    // Where another release may serve beside this one, what takes away is a command of its own, later.
    const phases = isAlone ? allPhases : addingPhases
    const needed = pending.filter(({ phase }) => phases.includes(phase))
    if (needed.length > 0 && !mayMigrate) {
      throw new SchemaPending(
        `${needed.length} migrations are pending. Run \`lyceum migrate up\` first, or set MIGRATE_ON_START=always.`
      )
    }
    await migrateUp({ ownerUrl, migrations, log: (line) => log.info(line) }, phases)
    const logins = await prepareLogins(ownerUrl, secrets, {
      pooledUrl: config.DATABASE_URL,
      directUrl: config.DATABASE_DIRECT_URL ?? config.DATABASE_URL,
      replicaUrls: config.DATABASE_REPLICA_URL
    })
    return {
      postgres,
      ownerUrl,
      secrets,
      surroundings: {
        // Whoever is in a copy, or stands in for them, must not hear from it.
        config: mark ? { ...config, SMTP_URL: null } : config,
        poolSize: config.DATABASE_POOL ?? (await sharedOut(ownerUrl, config)),
        home,
        clock,
        log,
        ...logins,
        keys: secrets.keys
      }
    }
  } catch (error) {
    await postgres?.stop()
    throw error
  }
}

/**
 * The database as the role that owns it: an outside one, or the embedded one, started where it is not running.
 * @param options.attach use the one that a running product keeps, instead of refusing because it has the home
 */
export async function openOwnedDatabase(
  config: Config,
  log: EmbeddedPostgresLog,
  { attach }: { readonly attach: boolean }
): Promise<{ postgres: EmbeddedPostgres | undefined; ownerUrl: string }> {
  if (config.DATABASE_URL) {
    const primary = await findPrimary(config.DATABASE_DIRECT_URL ?? config.DATABASE_URL)
    const ownerUrl = primary.url
    primary.close()
    return { postgres: undefined, ownerUrl }
  }
  const home = resolve(config.LYCEUM_HOME)
  if (attach && findRunning(home)) {
    const running = await findRunningPostgres(home)
    if (running) return { postgres: undefined, ownerUrl: inDatabase(running.url) }
  }
  const postgres = await startArchivedPostgres(config, home, log)
  await ensureDatabase(postgres.url, EMBEDDED_DATABASE)
  return { postgres, ownerUrl: inDatabase(postgres.url) }
}

const sharedOut = (ownerUrl: string, config: Config): Promise<number> =>
  withOwner(ownerUrl, async (client) => poolSizeFor(await readRoom(client), fleetOf(config)))

async function withOwner<Answer>(ownerUrl: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** How many processes there are, as far as the settings say. */
export const fleetOf = ({ DATABASE_PROCESSES, DATABASE_DIRECT_URL }: Config): Fleet => ({
  processes: DATABASE_PROCESSES,
  pooled: DATABASE_DIRECT_URL !== null
})

/** The product's own database on the embedded server. */
export function inDatabase(serverUrl: string, name = EMBEDDED_DATABASE): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}
