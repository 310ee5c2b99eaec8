import { randomUUID } from 'node:crypto'
import { migrateDown, migrateUp, migrationStatus } from '@lyceum/platform/migrate'
import { allMigrations } from '@lyceum/server/migrations'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

const name = `lyceum_migrations_${randomUUID().slice(0, 8)}`
const migrations = allMigrations()
const log = () => undefined
let admin: pg.Client
let ownerUrl: string

beforeAll(async () => {
  admin = new pg.Client({ connectionString: inject('ownerUrl') })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const url = new URL(inject('ownerUrl'))
  url.pathname = `/${name}`
  ownerUrl = url.href
})
afterAll(async () => {
  await admin.query(`drop database ${name} with (force)`)
  await admin.end()
})

describe('migrations', () => {
  it('go up, down and up again to the very same schema', async () => {
    await migrateUp({ ownerUrl, migrations, log })
    const first = await describeSchema()
    expect(first.length).toBeGreaterThan(200)
    await migrateDown({ ownerUrl, migrations, log }, migrations.length)
    const emptied = await describeSchema()
    expect(emptied).toEqual([])
    await migrateUp({ ownerUrl, migrations, log })
    expect(await describeSchema()).toEqual(first)
  })

  it('run once, however often and from however many processes they are started', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => migrateUp({ ownerUrl, migrations, log })))
    expect(runs.flat()).toEqual([])
    expect((await migrationStatus({ ownerUrl, migrations })).pending).toEqual([])
  })

  it('refuse a history that was edited after it ran', async () => {
    const edited = migrations.map((migration, index) => (index === 1 ? { ...migration, hash: 'edited' } : migration))
    await expect(migrateUp({ ownerUrl, migrations: edited, log })).rejects.toThrow(/was edited after it ran/)
  })

  it('let the release before go on beside what a newer one added, and refuse where something was taken away', async () => {
    const before = migrations.slice(0, -1)
    const added = migrations.slice(-1)
    expect(await migrateUp({ ownerUrl, migrations: before, log })).toEqual([])
    expect((await migrationStatus({ ownerUrl, migrations: before })).ahead).toMatchObject([
      { name: added[0]?.name, phase: 'expand' }
    ])
    const client = new pg.Client({ connectionString: ownerUrl })
    await client.connect()
    await client.query(`update public.lyceum_migration set phase = 'contract' where hash = $1`, [added[0]?.hash])
    await expect(migrateUp({ ownerUrl, migrations: before, log })).rejects.toThrow(/took away what this one may need/)
    await client.query(`update public.lyceum_migration set phase = 'expand' where hash = $1`, [added[0]?.hash])
    await client.end()
  })

  it('give up a lock they cannot get within a second, and go on when it is free', async () => {
    const blocker = new pg.Client({ connectionString: ownerUrl })
    await blocker.connect()
    await blocker.query('begin; lock table course.course in access exclusive mode')
    const waits: string[] = []
    const more = [
      ...migrations,
      {
        module: 'course',
        name: '9999-test',
        phase: 'expand' as const,
        inTransaction: true,
        repeats: false,
        file: '9999-test.sql',
        upLine: 1,
        up: 'alter table course.course add column tried text;',
        down: 'alter table course.course drop column tried;',
        hash: 'test'
      }
    ]
    const running = migrateUp({ ownerUrl, migrations: more, log: (line) => waits.push(line) })
    await expect.poll(() => waits.length, { timeout: 10_000 }).toBeGreaterThan(0)
    await blocker.query('rollback')
    await blocker.end()
    expect(await running).toHaveLength(1)
    await migrateDown({ ownerUrl, migrations: more, log }, 1)
  })
})

/** Everything that makes up the schema, as sorted lines. */
async function describeSchema(): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  const { rows } = await client.query<{ line: string }>(`
    with ours as (select oid, nspname from pg_namespace where nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'public', 'graphile_worker') and nspname not like 'pg_temp%' and nspname not like 'pg_toast%')
    select format('column %I.%I.%I %s %s %s', nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)) as line
      from pg_attribute join pg_class on pg_class.oid = attrelid join ours on ours.oid = relnamespace left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v')
    union all select format('constraint %I.%I %s', nspname, conname, pg_get_constraintdef(pg_constraint.oid)) from pg_constraint join ours on ours.oid = connamespace
    union all select format('index %s', indexdef) from pg_indexes join ours on ours.nspname = schemaname
    union all select format('policy %s.%s %s %s %s', schemaname, tablename, policyname, roles, qual) from pg_policies join ours on ours.nspname = schemaname
    union all select format('function %I.%I %s', nspname, proname, pg_get_functiondef(pg_proc.oid)) from pg_proc join ours on ours.oid = pronamespace
    union all select format('trigger %s', pg_get_triggerdef(pg_trigger.oid)) from pg_trigger join pg_class on pg_class.oid = tgrelid join ours on ours.oid = relnamespace where not tgisinternal
    union all select format('grants %I.%I %s', nspname, relname, relacl) from pg_class join ours on ours.oid = relnamespace where relacl is not null
    order by 1`)
  await client.end()
  return rows.map(({ line }) => line)
}
