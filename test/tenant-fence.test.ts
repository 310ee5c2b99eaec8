import { readInTenant } from '@lyceum/platform/tenant-read'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
let tables: { name: string; schema: string; fenced: boolean; policies: number; hasTenant: boolean }[]

/** Lists of tenants themselves: fenced by policies on their own key instead of a tenant_id column. */
const LISTS_OF_TENANTS = ['"user".tenant', '"user".tenant_host']
/** Closed to every module: what is of the whole installation. */
const ABOVE_TENANTS = [
  'platform.audit',
  'platform.backup_proof',
  'platform.heartbeat',
  'platform.maintenance',
  'platform.request_count',
  'platform.status_history',
  'platform.table_size'
]

beforeAll(async () => {
  server = await startTestServer()
  const { rows } = await server.owner.query(`
    select format('%I.%I', space.nspname, class.relname) as name, space.nspname as schema, class.relrowsecurity as fenced,
           (select count(*)::int from pg_policy where polrelid = class.oid) as policies,
           exists (select from pg_attribute where attrelid = class.oid and attname = 'tenant_id' and not attisdropped) as "hasTenant"
    from pg_class class join pg_namespace space on space.oid = class.relnamespace
    where class.relkind in ('r', 'p') and space.nspname not in ('pg_catalog', 'information_schema', 'public', 'graphile_worker')
    order by 1`)
  tables = rows
})
afterAll(() => server.close())

describe('the fence between schools', () => {
  it('stands around every table of every module', () => {
    expect(tables.length).toBeGreaterThan(20)
    expect(
      tables.filter(({ hasTenant, name }) => !hasTenant && ![...LISTS_OF_TENANTS, ...ABOVE_TENANTS].includes(name))
    ).toEqual([])
    expect(tables.filter(({ fenced, policies }) => !fenced || policies === 0)).toEqual([])
  })

  it('cannot be stepped over by the login that runs the product', async () => {
    const { rows } = await server.owner.query(
      `select rolname, rolsuper, rolbypassrls, rolinherit from pg_roles where rolname like 'lyceum\\_%' order by 1`
    )
    expect(rows.length).toBeGreaterThanOrEqual(8)
    expect(rows.filter(({ rolsuper, rolbypassrls }) => rolsuper || rolbypassrls)).toEqual([])
    const { rows: owned } = await server.owner.query(
      `select count(*)::int as count from pg_class join pg_roles on pg_roles.oid = relowner where rolname = 'lyceum_app'`
    )
    expect(owned).toEqual([{ count: 0 }])
  })

  it('makes a query that forgot its tenant fail, on every table', async () => {
    for (const { name, schema } of tables) {
      const role = schema === 'platform' ? 'lyceum_course' : `lyceum_${schema}`
      const client = await server.runtime.database.pool.connect()
      try {
        await client.query('begin')
        await client.query(`select set_config('role', $1, true)`, [role])
        await expect(client.query(`select * from ${name}`), name).rejects.toThrow(
          ABOVE_TENANTS.includes(name) ? /permission denied/ : /app\.tenant_id|invalid input syntax for type uuid/
        )
      } finally {
        await client.query('rollback')
        client.release()
      }
    }
  })

  it('shows a module nothing of another module', async () => {
    const client = await server.runtime.database.pool.connect()
    try {
      await client.query('begin')
      await client.query(`select set_config('role', 'lyceum_course', true), set_config('app.tenant_id', $1, true)`, [
        (await server.newSchool()).id
      ])
      await expect(client.query('select * from "user".person')).rejects.toThrow(/permission denied/)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })

  it('stands around what is only read, which cannot write either', async () => {
    const [one, other] = [await server.newSchool(), await server.newSchool()]
    const { database } = server.runtime
    const ids = (tenantId: string) =>
      readInTenant(database, { tenantId, role: 'lyceum_user' }, async (tx) => {
        const seen = await Promise.all([
          sql<{ id: string }>`select id from "user".tenant`.execute(tx),
          sql<{ role: string }>`select current_setting('role') as role`.execute(tx)
        ])
        return seen.map(({ rows }) => rows)
      })
    expect(await Promise.all([ids(one.id), ids(other.id)])).toEqual(
      [one.id, other.id].map((id) => [[{ id }], [{ role: 'lyceum_user' }]])
    )
    const fence = { tenantId: one.id, role: 'lyceum_user' }
    await expect(
      readInTenant(database, fence, (tx) => sql`update "user".person set name = 'x'`.execute(tx))
    ).rejects.toThrow(/only reads tried to write/)
    await expect(
      readInTenant(database, { ...fence, role: 'lyceum_nobody' }, (tx) => sql`select 1`.execute(tx))
    ).rejects.toThrow(/lyceum_nobody/)
    await expect(
      readInTenant(database, { ...fence, tenantId: 'x' }, (tx) => sql`select * from "user".person`.execute(tx))
    ).rejects.toThrow(/invalid input syntax for type uuid/)
  })

  it('leaves nothing on the connection when a transaction ends', async () => {
    const school = await server.newSchool()
    const ana = await school.person('learner', 'ana')
    await ana.api.user.getMe({})
    const { rows } = await server.runtime.database.pool.query(
      `select current_setting('role') as role, coalesce(current_setting('app.tenant_id', true), '') as tenant`
    )
    expect(rows).toEqual([{ role: 'none', tenant: '' }])
  })
})
