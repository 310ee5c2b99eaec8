import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { addingPhases, migrateUp, migrationStatus } from '@lyceum/platform/migrate'
import { readMigrations } from '@lyceum/platform/migration'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest'

const CHILD = fileURLToPath(new URL('./testing/migrate-child.ts', import.meta.url))
const ROWS = 1_000
const folder = mkdtempSync(join(tmpdir(), 'lyceum-phases-'))
const children: ChildProcess[] = []
const log = () => undefined
let name = ''
let ownerUrl = ''
let admin: pg.Client
let client: pg.Client

beforeAll(async () => {
  admin = new pg.Client({ connectionString: inject('ownerUrl') })
  await admin.connect()
  write(
    '0001-rows',
    'expand',
    `create table public.many (id integer primary key, filled integer, times integer not null default 0);
     insert into public.many select generate_series(1, ${ROWS});`,
    'drop table public.many;'
  )
  write('0002-column', 'expand', 'alter table public.many add column note text;', 'alter table public.many drop note;')
  write(
    '0003-fill',
    'backfill',
    `-- Slow enough to be killed in the middle of it.
     update public.many set filled = id, times = times + 1
     where id in (select id from public.many where filled is null order by id limit 10) and pg_sleep(0.005) is not null;`,
    'update public.many set filled = null;',
    '-- repeat: until nothing changes\n'
  )
  write('0004-drop', 'contract', 'alter table public.many drop note;', 'alter table public.many add column note text;')
})
beforeEach(async () => {
  name = `lyceum_phases_${randomUUID().slice(0, 8)}`
  await admin.query(`create database ${name}`)
  const url = new URL(inject('ownerUrl'))
  url.pathname = `/${name}`
  ownerUrl = url.href
  client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  // Not the first: everything would run at once.
  await migrateUp({ ownerUrl, migrations: all().slice(0, 1), log })
  return async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await client.end()
    await admin.query(`drop database ${name} with (force)`)
  }
})
afterAll(async () => {
  await admin.end()
  rmSync(folder, { recursive: true, force: true })
})

function write(file: string, phase: string, up: string, down: string, more = ''): void {
  writeFileSync(join(folder, `${file}.sql`), `-- phase: ${phase}\n${more}\n-- up\n${up}\n\n-- down\n${down}\n`)
}
const all = () => readMigrations([{ module: 'rows', folder }])
const names = (migrations: readonly { readonly name: string }[]) => migrations.map((one) => one.name)

function child(): ChildProcess {
  const started = spawn(process.execPath, [CHILD, ownerUrl, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(started)
  return started
}
async function ended(started: ChildProcess): Promise<string[]> {
  if (!started.stdout) throw new Error('no output')
  const [said] = await Promise.all([text(started.stdout), once(started, 'exit')])
  return JSON.parse(said)
}
const filled = async () =>
  (await client.query<{ count: number }>('select count(filled)::int as count from public.many')).rows[0]?.count ?? 0

it('runs each phase by itself and in order, and takes away only when told', async () => {
  const place = { ownerUrl, migrations: all(), log }
  await expect(migrateUp(place, ['backfill'])).rejects.toThrow(/waits behind rows\/0002-column.*lyceum migrate expand/)
  expect(names(await migrateUp(place, ['expand']))).toEqual(['0002-column'])
  expect(await filled()).toBe(0)
  expect(names(await migrateUp(place, ['backfill']))).toEqual(['0003-fill'])
  expect(await filled()).toBe(ROWS)
  expect(names(await migrateUp(place, addingPhases))).toEqual([])
  expect(names((await migrationStatus(place)).pending)).toEqual(['0004-drop'])
  expect(names(await migrateUp(place, ['contract']))).toEqual(['0004-drop'])
})

it('lets one of two runners do it, and both see it done', async () => {
  const ran = await Promise.all([child(), child()].map(ended))
  expect(ran.map((one) => one.length).sort()).toEqual([0, 2])
  expect(ran.flat()).toEqual(['0002-column', '0003-fill'])
  const { rows } = await client.query('select distinct times from public.many')
  expect(rows).toEqual([{ times: 1 }])
})

it('goes on with a backfill where it was killed', async () => {
  const first = child()
  await expect.poll(filled, { interval: 10, timeout: 30_000 }).toBeGreaterThanOrEqual(50)
  first.kill('SIGKILL')
  await once(first, 'exit')
  const before = await filled()
  expect(before).toBeLessThan(ROWS)
  expect(before % 10).toBe(0)
  expect(names((await migrationStatus({ ownerUrl, migrations: all() })).pending)).toContain('0003-fill')
  expect(await ended(child())).toEqual(['0003-fill'])
  const { rows } = await client.query('select times, count(*)::int as count from public.many group by times')
  expect(rows).toEqual([{ times: 1, count: ROWS }])
})

it('names indexes whose build was broken off', async () => {
  const place = { ownerUrl, migrations: all() }
  expect((await migrationStatus(place)).invalidIndexes).toEqual([])
  await client.query('insert into public.many values (0, 7), (-1, 7)')
  await expect(client.query('create unique index concurrently twice on public.many (filled)')).rejects.toThrow(/unique/)
  expect((await migrationStatus(place)).invalidIndexes).toEqual(['public.twice'])
})
