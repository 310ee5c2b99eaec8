import { randomUUID } from 'node:crypto'
import { standingQuery } from '@lyceum/platform/standing-query'
import { readInTenant } from '@lyceum/platform/tenant-read'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const read = <Row>(tenantId: string, text: string): Promise<readonly Row[]> =>
  readInTenant(server.runtime.database, { tenantId, role: 'lyceum_course' }, async (tx) => {
    const { rows } = await sql.raw<Row>(text).execute(tx)
    return rows
  })

const WHO = `select platform.tenant_id()::text as tenant`

describe('reads that share connections', () => {
  it('stay behind the fence of their own school, however many travel together', async () => {
    const tenants = Array.from({ length: 300 }, () => randomUUID())
    const answers = await Promise.all(tenants.map((tenant) => read(tenant, WHO)))
    expect(answers).toEqual(tenants.map((tenant) => [{ tenant }]))
    expect(server.runtime.database.pool.totalCount).toBeLessThanOrEqual(6)
  })

  it('fail alone', async () => {
    const tenants = Array.from({ length: 60 }, () => randomUUID())
    const answers = await Promise.all(
      tenants.map((tenant, index) =>
        read<{ tenant: string }>(tenant, index % 7 === 3 ? `select 1 / 0, ${index}` : WHO).then(
          ([row]) => row?.tenant,
          (error: Error) => error.message
        )
      )
    )
    expect(answers).toEqual(tenants.map((tenant, index) => (index % 7 === 3 ? 'division by zero' : tenant)))
  })

  it('are not held up by one that is slow', async () => {
    const done: string[] = []
    const tenant = randomUUID()
    await read(tenant, WHO)
    const slow = read(tenant, 'select pg_sleep(1)').then(() => done.push('slow'))
    const quick = async () => {
      for (let round = 0; round < 10; round++) {
        await Promise.all(Array.from({ length: 20 }, () => read(tenant, WHO)))
        // What is already in line behind the slow one waits for it; what comes later does not.
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      done.push('quick')
    }
    const late = new Promise((resolve) => setTimeout(resolve, 40)).then(quick)
    await Promise.all([slow, late])
    expect(done).toEqual(['quick', 'slow'])
  })

  it('say that the database is away when their connection is cut, and go on over another', async () => {
    const tenant = randomUUID()
    await read(tenant, WHO)
    const [cut, other] = [0, 1].map(() =>
      read(tenant, 'select pg_sleep(20)').catch((error: { code?: string }) => error.code)
    )
    await expect
      .poll(async () => {
        const { rows } = await server.owner.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(20)%' and pid <> pg_backend_pid()`
        )
        return rows.length
      })
      .toBeGreaterThan(0)
    expect(await cut).toBe('database.unavailable')
    expect(await other).toBe('database.unavailable')
    expect(await read(tenant, WHO)).toEqual([{ tenant }])
  })

  it('keep the values of a standing query apart, in whatever order they are written', async () => {
    const told = standingQuery<{ told: string }, { one: string; other: string }>(
      (place) => sql`select ${place('other')}::text || ${place('one')}::text || ${place('other')}::text as told`
    )
    const tenantId = randomUUID()
    const ask = (one: string, other: string) =>
      readInTenant(server.runtime.database, { tenantId, role: 'lyceum_course' }, (tx) => told(tx, { one, other }))
    const answers = await Promise.all(['a', 'b', 'c'].map((one) => ask(one, one.toUpperCase())))
    expect(answers).toEqual([[{ told: 'AaA' }], [{ told: 'BbB' }], [{ told: 'CcC' }]])
  })

  it('refuse a standing query that would keep a value of its first run', async () => {
    const kept = standingQuery<object, { id: string }>((place) => sql`select ${place('id')}, ${'kept'}`)
    await expect(
      readInTenant(server.runtime.database, { tenantId: randomUUID(), role: 'lyceum_course' }, (tx) =>
        kept(tx, { id: '1' })
      )
    ).rejects.toThrow('a value of its own')
  })
})
