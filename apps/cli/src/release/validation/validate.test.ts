import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { somebodyWorks } from '../testing/somebody-works.ts'
import { readImpact } from './read-impact.ts'
import { validateAt } from './validate.ts'

let server: TestServer
let url = ''
beforeAll(async () => {
  server = await startTestServer()
  url = await server.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => server.close())

const ownerUrl = () => {
  const { connectionString = '' } = server.owner.options
  return connectionString
}
const tenants = async () => (await server.owner.query('select count(*)::int as count from "user".tenant')).rows[0].count

async function rowsLeft(): Promise<string[]> {
  const { rows } = await server.owner.query(`
    select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace space on space.oid = relnamespace
    join pg_attribute on attrelid = pg_class.oid and attname = 'tenant_id'
    where relkind = 'r' and nspname not in ('graphile_worker')`)
  const left: string[] = []
  for (const { name } of rows) {
    const { rowCount } = await server.owner.query(
      `select from ${name} where tenant_id not in (select id from "user".tenant) limit 1`
    )
    if (rowCount !== 0) left.push(name)
  }
  return left
}

it('does what people do, and leaves nothing behind', async () => {
  const before = await tenants()
  const results = await validateAt(server, ownerUrl(), url, [])
  expect(results.filter(({ ok }) => !ok)).toEqual([])
  expect(results.map(({ probe }) => probe)).toEqual(['sign-in', 'course', 'progress', 'upload', 'notifications'])
  expect(await tenants()).toBe(before)
  expect(await rowsLeft()).toEqual([])
  const files = join(server.home, 'files')
  const bytes = existsSync(files)
    ? readdirSync(files, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    : []
  expect(bytes).toEqual([])
})

it('keeps its school out of the list of schools while it is there', async () => {
  const school = await server.newSchool()
  const operator = await school.person('administrator', 'op', { operator: true })
  const seen: unknown[] = []
  await validateAt(server, ownerUrl(), url, ['course'], () => {
    seen.push(operator.api.user.listTenants({}).then(({ entries }) => entries.map(({ slug }) => slug)))
  })
  const lists = await Promise.all(seen)
  expect(lists).toHaveLength(2)
  for (const slugs of lists) expect(JSON.stringify(slugs)).not.toContain('probe-')
})

it('says of each probe what it saw instead', async () => {
  // Everything as the server says it, except that progress is lost.
  const liar = createServer((from, to) => {
    if (from.method === 'PUT' && from.url?.endsWith('/progress')) {
      from.resume()
      to.writeHead(500).end('lost')
      return
    }
    const through = request(new URL(from.url ?? '/', url), { method: from.method, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(to)
    })
    from.pipe(through)
  }).listen(0, '127.0.0.1')
  await once(liar, 'listening')
  const address = liar.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const results = await validateAt(server, ownerUrl(), `http://127.0.0.1:${address.port}`, [])
  liar.close()
  expect(results.filter(({ ok }) => !ok)).toMatchObject([
    { probe: 'progress', why: 'saving progress: 500 instead of 200: lost' }
  ])
})

it('refuses a probe it does not know, before it makes anything', async () => {
  await expect(validateAt(server, ownerUrl(), url, ['ai-teacher'])).rejects.toThrow(/sign-in, course, progress, upload/)
})

it('counts who would notice', async () => {
  const school = await server.newSchool()
  const dueAt = new Date(server.clock.now().getTime() + 3 * 3_600_000).toISOString()
  await somebodyWorks(school, dueAt)
  const found = new Map((await readImpact(server)).map((one) => [one.what, one]))
  expect(found.get('people studying')?.count).toBe(1)
  expect(found.get('pieces of work begun and due within a day')).toMatchObject({ count: 1, until: dueAt })
  server.clock.advance(4 * 3_600_000)
  const later = new Map((await readImpact(server)).map((one) => [one.what, one]))
  expect(later.get('people studying')?.count).toBe(0)
  expect(later.get('pieces of work begun and due within a day')?.count).toBe(0)
})
