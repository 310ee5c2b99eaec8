import { findGaps, readCatalog } from '@lyceum/platform/catalog'
import { allColumns } from '@lyceum/server/columns'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** Say what a new column is in `migrations/columns.ts` of its module. */
it('is said of every column of the database what takes its place in a copy', async () => {
  expect(findGaps(await readCatalog(server.owner), allColumns)).toEqual({ undeclared: [], unknown: [] })
})

it('is noticed of a column and of a table that nobody has said anything about', async () => {
  const catalog = await readCatalog(server.owner)
  const more = catalog.map((table) =>
    table.name === 'course.item'
      ? { ...table, columns: [...table.columns, { name: 'nickname', type: 'text', nullable: true, generated: false }] }
      : table
  )
  expect(findGaps([...more, { name: 'course.diary', columns: [] }], allColumns).undeclared).toEqual([
    'course.item.nickname',
    'course.diary'
  ])
  expect(findGaps(catalog.slice(1), allColumns).unknown).toEqual([catalog[0]?.name])
})
