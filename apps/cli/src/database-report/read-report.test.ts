import { startTestServer, type TestServer } from '@lyceum/server/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sampleTableSizes } from '../../../../platform/src/db/table-sizes.ts'
import { readReport } from './read-report.ts'

let server: TestServer
let client: pg.Client
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

const DAY_MS = 86_400_000
const asking = { folder: '/', watchSeconds: 1, most: 100 }

it('sees what is large, what holds nothing, which index is missing and which nobody needs', async () => {
  await client.query(`
    create table course.diary (id int primary key, course_id int not null, words text);
    insert into course.diary select n, n % 100, repeat('word ', 100) from generate_series(1, 30000) n;
    delete from course.diary where id % 3 > 0;
    create table course.leaf (id int primary key, diary_id int references course.diary);
    insert into course.leaf select n, n * 3 from generate_series(1, 10000) n;
    create index diary_of_course on course.diary (course_id);
    create index diary_again on course.diary (course_id);
    analyze course.diary; analyze course.leaf`)
  const report = await readReport(client, asking)
  const diary = report.tables.find(({ name }) => name === 'course.diary')
  expect(diary?.rows).toBe(10_000)
  // Two thirds of it were deleted, and nothing has made the file smaller yet.
  expect(diary?.bloatBytes).toBeGreaterThan((diary?.bytes ?? 0) * 0.4)
  expect(report.missingIndexes).toContainEqual(expect.objectContaining({ table: 'course.leaf', columns: ['diary_id'] }))
  expect(report.unusedIndexes).toContainEqual(
    expect.objectContaining({ name: 'course.diary_of_course', why: 'course.diary_again begins with the same columns' })
  )
  // Every index of the product is needed, as far as its columns can tell.
  expect(report.unusedIndexes.filter(({ name }) => !name.startsWith('course.diary'))).toEqual([])
})

it('watches what runs where nothing counts it, and says so', async () => {
  const slow = server.owner.query(`select pg_sleep(0.8), 'look here'`)
  const { slow: found } = await readReport(client, asking)
  await slow
  expect(found).toMatchObject({ source: 'watched', watchedSeconds: 1 })
  const [query] = found.queries.filter((one) => one.query.includes('look here'))
  expect(query?.calls).toBe(1)
  expect(query?.meanMs).toBeGreaterThan(300)
})

it('knows what grows once its size was written down on two days', async () => {
  const now = new Date()
  await sampleTableSizes(server.runtime.database, new Date(now.getTime() - 2 * DAY_MS))
  expect((await readReport(client, asking)).growth).toEqual([])
  await client.query(
    `create table course.grown as select n, repeat('x', 1000) as words from generate_series(1, 5000) n`
  )
  await client.query(
    `insert into platform.table_size (day, name, rows, bytes) values (current_date - 2, 'course.grown', 0, 0) on conflict do nothing`
  )
  await sampleTableSizes(server.runtime.database, now)
  await sampleTableSizes(server.runtime.database, now)
  const { growth } = await readReport(client, asking)
  expect(growth[0]).toMatchObject({ name: 'course.grown', days: 2 })
  expect(growth[0]?.bytesPerDay).toBeGreaterThan(1_000_000)
})
