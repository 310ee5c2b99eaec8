import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import pg from 'pg'
import { startArchivedPostgres } from '../../../../apps/server/src/backups.ts'
import { allMigrations } from '../../../../apps/server/src/migrations.ts'
import { type Config, readConfig } from '../../config/config.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts'
import { migrateUp } from '../../migrations/migrate.ts'
import { whereSecretsAre } from '../../secrets/where-secrets-are.ts'
import { openStorage } from '../../storage/open-storage.ts'
import type { Storage } from '../../storage/storage.ts'
import { makeKeyPair, readBackupKey } from '../backup-key.ts'
import { createBackup } from '../create-backup.ts'
import { differences, readExactRecord } from '../engine/exact-record.ts'
import { recoveriesOf } from '../engine/open-recovery.ts'
import { openReachable, openStore } from '../repository/open-repositories.ts'
import { initialiseRepository } from '../repository/repository.ts'
import { planRestore, type RestoreTarget, type Runner } from '../restore/plan-restore.ts'
import { HELD_ARCHIVE, restoreSet } from '../restore/restore-set.ts'
import type { ExactRecord, SetType } from '../set/set.ts'

export const TENANT = '01890000-0000-7000-8000-000000000001'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Folders of a test file, with a home that holds a migrated database to begin from. */
export interface Workshop {
  readonly root: string
  readonly template: string
  /** A path of its own. */
  path(): string
  close(): void
}

export async function openWorkshop(): Promise<Workshop> {
  const root = mkdtempSync(join(tmpdir(), 'lyceum-backup-'))
  await chmod(root, 0o755)
  const template = join(root, 'template')
  const postgres = await startEmbeddedPostgres({ home: template, log: silent })
  await ask(postgres.url, 'create database lyceum')
  const ownerUrl = inLyceum(postgres.url)
  await migrateUp({ ownerUrl, migrations: allMigrations(), log: () => undefined })
  await ask(ownerUrl, 'create table public.note (id int primary key, word text not null)')
  await postgres.stop()
  let count = 0
  return {
    root,
    template,
    path: () => join(root, `place-${++count}`),
    close: () => rmSync(root, { recursive: true, force: true })
  }
}

/** A small installation with backups. */
export interface Installation {
  readonly home: string
  readonly config: Config
  readonly environment: Readonly<Record<string, string>>
  readonly identity: string
  readonly storage: Storage
  readonly postgres: EmbeddedPostgres
  readonly ownerUrl: string
  ask<Row>(sql: string): Promise<Row[]>
  /** Adds a row and answers an instant when it was there and nothing later was, by the clock of the database. */
  note(id: number, word?: string): Promise<Date>
  /** Stores an uploaded file. */
  upload(content: string | Buffer): Promise<string>
  backUp(type: SetType, point?: string): ReturnType<typeof createBackup>
  stop(): Promise<void>
}

export interface InstallationOptions {
  /** Where; a copy of the template unless there is something already. */
  readonly home?: string
  readonly repository?: string
  readonly offsite?: string
  readonly identity?: string
  readonly env?: Readonly<Record<string, string>>
}

export async function startInstallation(workshop: Workshop, given: InstallationOptions = {}): Promise<Installation> {
  const home = given.home ?? workshop.path()
  if (given.home === undefined) cpSync(workshop.template, home, { recursive: true })
  const pair = given.identity ? await readBackupKey({ recipient: null, identity: given.identity }) : await makeKeyPair()
  const identity = given.identity ?? ('identity' in pair ? pair.identity : '')
  const repository = given.repository ?? workshop.path()
  const environment = {
    LYCEUM_HOME: home,
    RELEASE: 'test',
    BACKUP_REPOSITORY: repository,
    ...(given.offsite === undefined ? {} : { BACKUP_OFFSITE: given.offsite }),
    BACKUP_RECIPIENT: pair.recipient,
    BACKUP_ARCHIVE_SECONDS: '300',
    ...given.env
  }
  const config = readConfig(environment)
  const key = await readBackupKey({ recipient: pair.recipient, identity: null })
  await initialiseRepository(await openStore(repository, config, { make: true }), 'first', key)
  if (given.offsite !== undefined)
    await initialiseRepository(await openStore(given.offsite, config, { make: true }), 'offsite', key)
  const postgres = await startArchivedPostgres(config, home, silent)
  const storage = await openStorage(config, home)
  const ownerUrl = inLyceum(postgres.url)
  return {
    home,
    config,
    environment,
    identity,
    storage,
    postgres,
    ownerUrl,
    ask: (sql) => ask(ownerUrl, sql),
    note: async (id, word = `word ${id}`) => {
      await ask(ownerUrl, `insert into note values (${id}, '${word}')`)
      const [row] = await ask<{ now: Date | string }>(
        ownerUrl,
        `select clock_timestamp() + interval '1 ms' as now, pg_sleep(0.003)`
      )
      return new Date(row?.now ?? 0)
    },
    upload: async (content) => (await storage.put(TENANT, Readable.from([Buffer.from(content)]))).key,
    backUp: async (type, point) =>
      createBackup(
        { config, home, ownerUrl, secrets: await whereSecretsAre(environment), tell: () => undefined },
        { type, point: point ?? null, archivedWithinMs: 20_000 }
      ),
    stop: () => postgres.stop()
  }
}

export interface RestoreOptions {
  readonly into: string
  readonly identity?: string
  readonly from?: readonly string[]
  readonly runner?: Partial<Runner>
  readonly timeline?: number
}

/** Restores what an installation backed up, as the command does. */
export async function restore(
  { config, identity: own }: Pick<Installation, 'config' | 'identity'>,
  target: RestoreTarget,
  { into, identity = own, from, runner, timeline }: RestoreOptions
) {
  const addresses = from ?? [config.BACKUP_REPOSITORY, config.BACKUP_OFFSITE].filter((address) => address !== null)
  const key = await readBackupKey({ recipient: null, identity })
  const { repositories } = await openReachable(addresses, config, key)
  const plan = await planRestore(
    repositories,
    target,
    { release: 'test', migrations: allMigrations(), recoveries: recoveriesOf(config), ...runner },
    timeline
  )
  const written: { record: ExactRecord | null } = { record: null }
  const restored = await restoreSet({
    plan,
    home: into,
    openStorage: () => openStorage({ ...config, LYCEUM_HOME: into }, into),
    tell: () => undefined,
    afterwards: async (found) => {
      written.record = found
    }
  })
  return { plan, restored, record: written.record }
}

/** Looks into a home that was restored, and leaves it stopped. */
export async function lookInto<Answer>(home: string, look: (ownerUrl: string) => Promise<Answer>): Promise<Answer> {
  const postgres = await startEmbeddedPostgres({ home, log: silent, settings: HELD_ARCHIVE })
  return look(inLyceum(postgres.url)).finally(() => postgres.stop())
}

export const notesIn = (home: string): Promise<number[]> =>
  lookInto(home, async (url) => (await ask<{ id: number }>(url, 'select id from note order by id')).map(({ id }) => id))

export const compare = (home: string, record: ExactRecord): Promise<string[]> =>
  lookInto(home, async (url) => differences(record, await readExactRecord(url)))

export async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query(sql)
    return rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

export function inLyceum(url: string): string {
  const named = new URL(url)
  named.pathname = '/lyceum'
  return named.href
}

export const folder = async (path: string): Promise<string> => {
  await mkdir(path, { recursive: true })
  return path
}
