import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '@lyceum/platform/config'
import { newId } from '@lyceum/platform/id'
import { createLog } from '@lyceum/platform/log'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { allArchives } from './all-archives.ts'
import { archiveChores } from './archive-chore.ts'
import { listArchives, readArchive } from './archive-file.ts'
import { ArchiveBusy, type ArchiveOptions, countDue, runArchive } from './run-archive.ts'

const NOW = new Date('2026-11-23T01:00:00Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000)
let server: TestServer
let client: pg.Client
let folder: string
let tenantId: string

beforeAll(async () => {
  server = await startTestServer()
  const { rows } = await server.owner.query<{ name: string }>('select current_database() as name')
  client = new pg.Client({ ...server.owner.options, database: rows[0]?.name })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await server.close()
})
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lyceum-archive-'))
  tenantId = (await server.newSchool()).id
  await client.query('truncate notification.mail, notification.notification, platform.outbox, "user".sign_in')
  return () => rmSync(folder, { recursive: true, force: true })
})

const options = (changed: Partial<ArchiveOptions> = {}): ArchiveOptions => ({
  connection: client,
  folder,
  policies: allArchives,
  afterDays: new Map(),
  keepDays: null,
  now: NOW,
  ...changed
})

async function addMail(days: number, subject: string, state = 'sent'): Promise<void> {
  await client.query(
    `insert into notification.mail (tenant_id, id, template, locale, "to", name, subject, text, state, created_at)
     values ($1, $2, 'invitation', 'ar', 'lina@school.example', 'لينا حداد', $3, E'two\nlines', $4, $5)`,
    [tenantId, newId(), subject, state, daysAgo(days)]
  )
}
const subjects = async (): Promise<unknown[]> =>
  (await client.query<{ subject: string }>('select subject from notification.mail order by subject')).rows.map(
    (row) => row.subject
  )
const archived = async (): Promise<Record<string, unknown>[]> => {
  const { files } = await listArchives(folder)
  const lines = await Promise.all(files.map(readArchive))
  return lines.flat().map((line) => JSON.parse(line))
}

it('moves what is old enough, and gives it back as it was', async () => {
  await addMail(61, 'old')
  await addMail(59, 'young')
  await addMail(200, 'still waiting', 'waiting')
  const { rows: before } = await client.query(
    `select to_jsonb(mail) as row from notification.mail where subject = 'old'`
  )
  expect(await countDue(options())).toContainEqual({ name: 'mails', rows: 1 })
  const done = await runArchive(options())
  expect(done.moved.filter(({ rows }) => rows > 0)).toEqual([{ name: 'mails', rows: 1, files: 1 }])
  expect(await subjects()).toEqual(['still waiting', 'young'])
  expect(await archived()).toEqual(before.map(({ row }) => row))
  const [file] = (await listArchives(folder)).files
  expect(file).toMatchObject({ name: 'mails', table: 'notification.mail', rows: 1 })
  // As it can be put back by hand.
  await client.query(
    'insert into notification.mail select * from jsonb_populate_record(null::notification.mail, $1::jsonb)',
    [JSON.stringify((await archived())[0])]
  )
  expect(await subjects()).toEqual(['old', 'still waiting', 'young'])
})

it('goes by the days of the settings, and forgets files that are kept no longer', async () => {
  await addMail(40, 'a month')
  expect((await runArchive(options())).moved.every(({ rows }) => rows === 0)).toBe(true)
  await runArchive(options({ afterDays: new Map([['mails', 30]]) }))
  expect(await subjects()).toEqual([])
  expect((await runArchive(options({ keepDays: 41 }))).removed).toBe(0)
  expect((await runArchive(options({ keepDays: 39 }))).removed).toBe(1)
  expect(readdirSync(join(folder, 'mails'))).toEqual([])
})

it('says that a file was changed, by a single bit', async () => {
  await addMail(90, 'old')
  await runArchive(options())
  const [file] = (await listArchives(folder)).files
  const path = file?.file ?? ''
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20)
  writeFileSync(path, bytes)
  await expect(archived()).rejects.toMatchObject({ code: 'archive.damaged' })
})

it('loses nothing when it is killed before rows are gone, or after and before it is noted', async () => {
  await addMail(90, 'old')
  const dying = (at: string): ArchiveOptions['connection'] => ({
    query: async (text, values) => {
      if (text === at) throw new Error('killed')
      return client.query(text, values)
    }
  })
  await expect(runArchive(options({ connection: dying('commit') }))).rejects.toThrow('killed')
  expect(await subjects()).toEqual(['old'])
  expect((await listArchives(folder)).files).toEqual([])
  expect((await listArchives(folder)).unconfirmed).toHaveLength(1)
  expect(await runArchive(options())).toMatchObject({ mended: 1 })
  expect([await subjects(), await archived()]).toEqual([[], [expect.objectContaining({ subject: 'old' })]])

  const [file] = (await listArchives(folder)).files
  rmSync(`${file?.file}.json`)
  expect(await archived()).toEqual([])
  expect(await runArchive(options())).toMatchObject({ mended: 1 })
  expect(await archived()).toEqual([expect.objectContaining({ subject: 'old' })])
  const [again] = (await listArchives(folder)).files
  expect([again?.sha256, again?.rows, again?.name]).toEqual([file?.sha256, 1, 'mails'])
})

it('happens every night where the settings say so', async () => {
  await addMail(61, 'old')
  const ownerUrl = String(server.owner.options.connectionString)
  const said: string[] = []
  const log = createLog({ level: 'info', release: 'test', secrets: () => [], write: (line) => said.push(line) })
  const chores = (env: Record<string, string>) =>
    archiveChores({
      config: readConfig({ ARCHIVE_FOLDER: folder, ...env }),
      ownerUrl,
      log,
      clock: { now: () => NOW }
    })
  expect(chores({})).toEqual([])
  expect(() => chores({ ARCHIVE_NIGHTLY: 'true', ARCHIVE_AFTER_DAYS: 'mails=never' })).toThrow(/mails=30/)
  const [chore] = chores({ ARCHIVE_NIGHTLY: 'true', ARCHIVE_AFTER_DAYS: 'mails=60' })
  await chore?.run()
  expect(await subjects()).toEqual([])
  expect(said).toEqual([expect.stringContaining(`archive: 1 rows moved to ${folder}`)])
})

it('runs once at a time', async () => {
  await client.query('select pg_advisory_lock(7263554110)')
  const { rows } = await server.owner.query<{ name: string }>('select current_database() as name')
  const other = new pg.Client({ ...server.owner.options, database: rows[0]?.name })
  await other.connect()
  await expect(runArchive(options({ connection: other }))).rejects.toThrow(ArchiveBusy)
  await other.end()
  await client.query('select pg_advisory_unlock(7263554110)')
})

it('knows every table and column that it goes by', async () => {
  for (const { name, table, age, where } of allArchives)
    expect((await client.query(`select ${age} from ${table} where ${where} limit 0`)).fields, name).toHaveLength(1)
})
