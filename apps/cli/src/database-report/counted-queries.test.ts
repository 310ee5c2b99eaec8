import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readReport } from './read-report.ts'

const home = mkdtempSync(join(tmpdir(), 'lyceum-counted-'))
let server: EmbeddedPostgres
let client: pg.Client
beforeAll(async () => {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const settings = { shared_preload_libraries: 'pg_stat_statements' }
  server = await startEmbeddedPostgres({ home, log: quiet, settings })
  client = new pg.Client({ connectionString: server.url })
  await client.connect()
}, 60_000)
afterAll(async () => {
  await client.end()
  await server.stop()
  rmSync(home, { recursive: true, force: true })
})

it('reads what PostgreSQL has counted, with plans, and says since when', async () => {
  await client.query('create extension pg_stat_statements')
  await client.query(`create table diary as select n as id, repeat('x', 200) as words from generate_series(1, 20000) n`)
  for (let time = 0; time < 5; time++) await client.query('select words from diary where id = $1', [time])
  const { slow } = await readReport(client, { folder: null, watchSeconds: 1, most: 50 })
  expect(slow).toMatchObject({
    source: 'pg_stat_statements',
    since: expect.stringMatching(/^20.*Z$/),
    watchedSeconds: null
  })
  const asked = slow.queries.find(({ query }) => query.startsWith('select words from diary'))
  expect(asked).toMatchObject({ query: 'select words from diary where id = $1', calls: 5 })
  expect(asked?.plan).toMatch(/^Seq Scan on diary\n {2}Filter: /)
  expect(slow.queries.find(({ query }) => query.startsWith('create'))?.plan).toBeNull()
})
