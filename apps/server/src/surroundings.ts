import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Clock, systemClock } from '@lyceum/platform/clock'
import type { Config } from '@lyceum/platform/config'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import type { Log } from '@lyceum/platform/log'
import { prepareLogins } from '@lyceum/platform/logins'
import { migrateUp, migrationStatus } from '@lyceum/platform/migrate'
import type { Surroundings } from './compose.ts'
import { allMigrations } from './migrations.ts'
import { installationSecret } from './secrets.ts'

export interface Prepared {
  readonly surroundings: Surroundings
  /** The role that owns the database; for migrations and nothing else. */
  readonly ownerUrl: string
  readonly postgres: EmbeddedPostgres | undefined
}

export class SchemaPending extends Error {}

const EMBEDDED_DATABASE = 'lyceum'

/** Everything the product stands on: folders, secrets, a database of the right schema, and the logins that run it. */
export async function prepareSurroundings(
  config: Config,
  log: Log,
  hide: (secret: string) => void,
  clock: Clock = systemClock
): Promise<Prepared> {
  const home = resolve(config.LYCEUM_HOME)
  mkdirSync(home, { recursive: true })
  const secret = (given: string | null, name: string): string => {
    const value = given ?? installationSecret(home, name)
    hide(value)
    return value
  }
  const { postgres, ownerUrl } = await findDatabase(config, home, log)
  hide(decodeURIComponent(new URL(ownerUrl).password))
  try {
    const migrations = allMigrations()
    const { pending } = await migrationStatus({ ownerUrl, migrations })
    const mayMigrate =
      config.MIGRATE_ON_START === 'always' ||
      (config.MIGRATE_ON_START === 'auto' && (postgres !== undefined || config.LYCEUM_ENV !== 'production'))
    if (pending.length > 0 && !mayMigrate) {
      throw new SchemaPending(
        `${pending.length} migrations are pending. Run \`lyceum migrate up\` first, or set MIGRATE_ON_START=always.`
      )
    }
    await migrateUp({ ownerUrl, migrations, log: (line) => log.info(line) })
    const logins = await prepareLogins(ownerUrl, {
      app: secret(config.DATABASE_APP_PASSWORD, 'database-app-password'),
      jobs: secret(config.DATABASE_JOBS_PASSWORD, 'database-jobs-password')
    })
    return {
      postgres,
      ownerUrl,
      surroundings: {
        config,
        home,
        clock,
        log,
        ...logins,
        tokenSecret: secret(config.TOKEN_SECRET, 'token-secret'),
        fileSecret: secret(config.FILE_SECRET, 'file-secret')
      }
    }
  } catch (error) {
    await postgres?.stop()
    throw error
  }
}

async function findDatabase(
  config: Config,
  home: string,
  log: Log
): Promise<{ postgres: EmbeddedPostgres | undefined; ownerUrl: string }> {
  if (config.DATABASE_URL) return { postgres: undefined, ownerUrl: config.DATABASE_URL }
  const postgres = await startEmbeddedPostgres({ home, log })
  const ownerUrl = new URL(postgres.url)
  await ensureDatabase(postgres.url, EMBEDDED_DATABASE)
  ownerUrl.pathname = `/${EMBEDDED_DATABASE}`
  return { postgres, ownerUrl: ownerUrl.href }
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
