import { setTimeout as sleep } from 'node:timers/promises'
import { runMigrations as installJobQueue } from 'graphile-worker'
import pg from 'pg'
import type { Migration, Phase } from './migration.ts'
import { readStatements } from './statements.ts'

export interface AppliedMigration {
  readonly module: string
  readonly name: string
  readonly hash: string
  readonly phase: string
  readonly appliedAt: Date
}

export interface MigrationStatus {
  readonly applied: readonly AppliedMigration[]
  readonly pending: readonly Migration[]
  /** Of a newer release, and adding only: this release runs on the schema with them, as it did while that one came in. */
  readonly ahead: readonly AppliedMigration[]
  /** Applied here but edited, or taking away what this release may need. */
  readonly foreign: readonly { readonly module: string; readonly name: string; readonly why: string }[]
  /** Left by a build that was broken off: kept up to date at every write and used by no query. */
  readonly invalidIndexes: readonly string[]
}

export const allPhases: readonly Phase[] = ['expand', 'backfill', 'contract']
/** What a release that serves survives. */
export const addingPhases: readonly Phase[] = ['expand', 'backfill']

export interface MigrateOptions {
  /** A role that owns the database; never through a pooler, which would strand the lock. */
  readonly ownerUrl: string
  readonly migrations: readonly Migration[]
  readonly log: (line: string) => void
}

export class MigrationRefused extends Error {}

/** One migrator at a time, whichever release it is from. */
const LOCK = 7_263_554_108

const LEDGER = `
  create table if not exists public.lyceum_migration (
    module text not null, name text not null, hash text not null, phase text not null, applied_at timestamptz not null,
    primary key (module, name)
  )`

const INVALID_INDEXES = `
  select format('%I.%I', nspname, relname) as name
  from pg_index join pg_class on pg_class.oid = indexrelid join pg_namespace space on space.oid = relnamespace
  where not indisvalid and nspname not like 'pg\\_%'
    and not exists (select from pg_stat_progress_create_index building where building.index_relid = indexrelid)
  order by 1`

/** What has run here and what has not. Changes nothing; works on an empty database. */
export const migrationStatus = ({
  ownerUrl,
  migrations
}: Pick<MigrateOptions, 'ownerUrl' | 'migrations'>): Promise<MigrationStatus> =>
  withClient(ownerUrl, (client) => readStatus(client, migrations))

/**
 * Runs what is pending, each in a transaction of its own; safe to start twice and to kill at any moment.
 * @param phases what may run now; everything where nothing is said, and on a database in which nothing has run yet
 * @returns what ran
 * @throws MigrationRefused where something to be run waits behind a migration of another phase
 */
export async function migrateUp(
  { ownerUrl, migrations, log }: MigrateOptions,
  phases: readonly Phase[] = allPhases
): Promise<readonly Migration[]> {
  return withLock(ownerUrl, async (client) => {
    await client.query(LEDGER)
    await installQueue(client, ownerUrl)
    const { applied, pending, ahead, foreign } = await readStatus(client, migrations)
    for (const { module, name, phase } of ahead)
      log(`${module}/${name} (${phase}) is of a newer release; this one runs with it`)
    if (foreign[0]) throw new MigrationRefused(`${foreign[0].module}/${foreign[0].name} ${foreign[0].why}`)
    const due = chooseDue(pending, applied.length === 0 ? allPhases : phases)
    for (const migration of due) {
      await run(client, migration, migration.up, log, async () => {
        await client.query('insert into public.lyceum_migration values ($1, $2, $3, $4, now())', [
          migration.module,
          migration.name,
          migration.hash,
          migration.phase
        ])
      })
      log(`applied ${migration.module}/${migration.name} (${migration.phase})`)
    }
    return due
  })
}

/** In each module the order of the numbers holds, whatever the phase. */
function chooseDue(pending: readonly Migration[], phases: readonly Phase[]): readonly Migration[] {
  const held = new Map<string, Migration>()
  for (const migration of pending) {
    const { module, name, phase } = migration
    const before = held.get(module)
    if (!phases.includes(phase)) held.set(module, before ?? migration)
    else if (before)
      throw new MigrationRefused(
        `${module}/${name} waits behind ${module}/${before.name} of phase ${before.phase}. Run that first: lyceum migrate ${before.phase}`
      )
  }
  return pending.filter(({ phase }) => phases.includes(phase))
}

/** Takes back the newest migrations. For an operator's hand: a release that is rolled back never does this. */
export async function migrateDown(
  { ownerUrl, migrations, log }: MigrateOptions,
  steps: number
): Promise<readonly Migration[]> {
  return withLock(ownerUrl, async (client) => {
    const { applied } = await readStatus(client, migrations)
    const newest = migrations
      .filter(({ module, name }) => applied.some((done) => done.module === module && done.name === name))
      .slice(-steps)
      .reverse()
    for (const migration of newest) {
      await run(client, migration, migration.down, log, async () => {
        await client.query('delete from public.lyceum_migration where module = $1 and name = $2', [
          migration.module,
          migration.name
        ])
      })
      log(`took back ${migration.module}/${migration.name}`)
    }
    return newest
  })
}

async function readStatus(client: pg.Client, migrations: readonly Migration[]): Promise<MigrationStatus> {
  const { rows: ledger } = await client.query(`select to_regclass('public.lyceum_migration') is not null as there`)
  const applied = ledger[0]?.there
    ? (
        await client.query<AppliedMigration>(
          'select module, name, hash, phase, applied_at as "appliedAt" from public.lyceum_migration order by applied_at'
        )
      ).rows
    : []
  const known = new Map(migrations.map((migration) => [`${migration.module}/${migration.name}`, migration]))
  const done = new Set(applied.map(({ module, name }) => `${module}/${name}`))
  const isUnknown = ({ module, name }: AppliedMigration) => !known.has(`${module}/${name}`)
  const { rows: invalid } = await client.query<{ name: string }>(INVALID_INDEXES)
  return {
    applied,
    invalidIndexes: invalid.map(({ name }) => name),
    pending: migrations.filter(({ module, name }) => !done.has(`${module}/${name}`)),
    ahead: applied.filter((one) => isUnknown(one) && one.phase !== 'contract'),
    foreign: applied.flatMap(({ module, name, hash, phase }) => {
      const mine = known.get(`${module}/${name}`)
      if (!mine)
        return phase === 'contract'
          ? [
              {
                module,
                name,
                why: 'of a newer release took away what this one may need: start that release, or restore a backup from before it'
              }
            ]
          : []
      return mine.hash === hash
        ? []
        : [{ module, name, why: 'was edited after it ran: restore the file and add a new migration instead' }]
    })
  }
}

/** With its line in the ledger: in one transaction, or, where that cannot be, statement by statement and the line last. */
async function run(
  client: pg.Client,
  { inTransaction, repeats, up }: Migration,
  sql: string,
  log: (line: string) => void,
  ledger: () => Promise<void>
): Promise<void> {
  if (repeats && sql === up) {
    for (let [batches, rows] = [1, 0]; ; batches++) {
      const changed = await inShortLocks(client, sql, log)
      if (changed === 0) return void (await ledger())
      rows += changed
      if (batches % 100 === 0) log(`${rows} rows in ${batches} batches`)
    }
  }
  if (inTransaction) return void (await inShortLocks(client, sql, log, ledger))
  for (const { text } of readStatements(sql)) await client.query(text)
  await ledger()
}

/**
 * DDL must not queue behind a long transaction while everybody queues behind it: give up after a second, try again.
 * @returns rows that were changed
 */
async function inShortLocks(
  client: pg.Client,
  sql: string,
  log: (line: string) => void,
  ledger: () => Promise<void> = async () => undefined
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    await client.query('begin')
    try {
      await client.query(`set local lock_timeout = '1s'`)
      // Several statements at once answer with a list.
      const results = [await client.query(sql)].flat()
      await ledger()
      await client.query('commit')
      return results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0)
    } catch (error) {
      await client.query('rollback')
      const lockTimeout = error instanceof pg.DatabaseError && error.code === '55P03'
      if (!lockTimeout || attempt === 60) throw error
      log(`waiting for a lock held by a running transaction (attempt ${attempt} of 60)`)
      await sleep(250 + Math.random() * 750)
    }
  }
}

/** The job queue owns its schema under its own login, so that neither side can read the other's tables. */
async function installQueue(client: pg.Client, ownerUrl: string): Promise<void> {
  const { rows } = await client.query(`
    select exists (select from pg_roles where rolname = 'lyceum_jobs') as role, to_regnamespace('graphile_worker') is not null as schema`)
  if (!rows[0]?.role) await client.query('create role lyceum_jobs login noinherit')
  if (!rows[0]?.schema) {
    await client.query('grant lyceum_jobs to current_user')
    await client.query('create schema graphile_worker authorization lyceum_jobs')
  }
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  try {
    await client.query(
      `do $$ begin execute format('grant create on database %I to lyceum_jobs', current_database()); end $$`
    )
    pool.on('error', () => undefined)
    pool.on('connect', (connection) => {
      connection.on('error', () => undefined)
      void connection.query('set role lyceum_jobs')
    })
    await installJobQueue({ pgPool: pool })
  } finally {
    await pool.end()
    await client.query(
      `do $$ begin execute format('revoke create on database %I from lyceum_jobs', current_database()); end $$`
    )
  }
}

const withLock = <Answer>(url: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> =>
  withClient(url, async (client) => {
    // Asked again and again instead of waited for: whoever waits inside a statement holds a snapshot, and building an
    // index concurrently waits for every snapshot, so the two would wait for each other.
    for (;;) {
      const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK])
      if (rows[0]?.mine) return work(client)
      await sleep(200)
    }
  })

async function withClient<Answer>(url: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ connectionString: url, application_name: 'lyceum migrate' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
