import { startTestServer, type TestServer } from '@lyceum/server/testing'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { appendAudit, readAudit, tailAudit } from './audit-log.ts'
import { canonicalJson, verifyChain } from './chain.ts'

let server: TestServer
const entry = (subject: string) => ({
  at: new Date('2026-03-01T02:03:04.567Z').toISOString(),
  actor: 'ada',
  action: 'release.aborted',
  subject,
  details: { why: 'errors', rate: 0.0021, nested: { b: [1, null], a: 'é' }, gone: undefined }
})

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.close()
})

/** As the product: not the owner. */
async function asProduct<Answer>(work: (client: pg.PoolClient) => Promise<Answer>): Promise<Answer> {
  const client = await server.runtime.database.pool.connect()
  try {
    await client.query(`select set_config('role', 'lyceum_installation', false)`)
    return await work(client)
  } finally {
    await client.query('reset role')
    client.release()
  }
}

const verified = async () => verifyChain(await readAudit(server.owner))
/** As somebody who owns the table, and means it. */
const tamper = (sql: string) =>
  server.owner.query(
    `alter table platform.audit disable trigger user; ${sql}; alter table platform.audit enable always trigger audit_is_only_added_to`
  )

beforeEach(async () => {
  await tamper('truncate platform.audit')
  for (const subject of ['r1', 'r2', 'r3', 'r4', 'r5']) await asProduct((client) => appendAudit(client, entry(subject)))
})

it('seals what was written, and reads it back as it was', async () => {
  expect(await verified()).toEqual([])
  const rows = await asProduct((client) => tailAudit(client, 2))
  expect(rows.map(({ seq, subject }) => [seq, subject])).toEqual([
    [4, 'r4'],
    [5, 'r5']
  ])
  expect(rows[0]).toMatchObject({ at: '2026-03-01T02:03:04.567Z', details: { rate: 0.0021, nested: { b: [1, null] } } })
})

it('lets the product add and read, and nothing else', async () => {
  for (const sql of [
    `update platform.audit set actor = 'ben'`,
    'delete from platform.audit',
    'truncate platform.audit'
  ])
    await expect(
      asProduct((client) => client.query(sql)),
      sql
    ).rejects.toThrow(/permission denied/)
})

it('keeps one chain while many write at once', async () => {
  await Promise.all(Array.from({ length: 12 }, (_, at) => asProduct((client) => appendAudit(client, entry(`c${at}`)))))
  expect(await readAudit(server.owner)).toHaveLength(17)
  expect(await verified()).toEqual([])
})

it.each([
  ['a changed actor', `update platform.audit set actor = 'ben' where seq = 3`, [3], 'changed'],
  ['changed details', `update platform.audit set details = '{}' where seq = 1`, [1], 'changed'],
  ['a changed time', `update platform.audit set at = at + interval '1 ms' where seq = 5`, [5], 'changed'],
  ['a missing row', 'delete from platform.audit where seq = 2', [2], 'missing'],
  ['a missing first row', 'delete from platform.audit where seq = 1', [1], 'missing'],
  [
    'two rows in each other’s place',
    `update platform.audit set seq = seq + 100 where seq in (2, 3);
     update platform.audit set seq = case seq when 102 then 3 else 2 end where seq > 100`,
    [2, 3, 4],
    'reordered'
  ]
])('finds %s, though the owner did it', async (_, sql, seqs, fault) => {
  await tamper(sql)
  const faults = await verified()
  expect([...new Set(faults.map(({ seq }) => seq))]).toEqual(expect.arrayContaining(seqs))
  expect(faults.map((one) => one.fault)).toContain(fault)
})

it('finds a row that was changed and sealed anew, by the row behind it', async () => {
  const rows = await readAudit(server.owner)
  const { seal } = await import('./chain.ts')
  const [, second] = rows
  if (!second) throw new Error('no row')
  const forged = seal({ ...second, actor: 'ben' }, 2, second.previous)
  await tamper(`update platform.audit set actor = 'ben', hash = '${forged.hash}' where seq = 2`)
  expect(await verified()).toMatchObject([{ seq: 3, fault: 'changed' }])
})

it('finds that the end was cut off, by what was noted elsewhere', async () => {
  const rows = await readAudit(server.owner)
  await tamper('delete from platform.audit where seq > 3')
  expect(await verified()).toEqual([])
  const heads = new Map([[5, rows[4]?.hash ?? '']])
  expect(verifyChain(await readAudit(server.owner), heads)).toMatchObject([{ seq: 4, fault: 'cut-off' }])
})

it('writes equal values in equal bytes', () => {
  expect(canonicalJson({ b: 1, a: [undefined, { d: null, c: 'x' }], e: undefined })).toBe(
    '{"a":[null,{"c":"x","d":null}],"b":1}'
  )
})
