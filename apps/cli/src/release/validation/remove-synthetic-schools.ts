import { setTimeout as sleep } from 'node:timers/promises'
import type { Storage } from '@lyceum/platform/storage'
import pg from 'pg'

/** What a school's own jobs need to end by themselves. */
const JOBS_PATIENCE_MS = 10_000
/** Left behind by a validation that was killed. */
const LEFT_BEHIND = '1 hour'

/**
 * Removes every row and every byte of a synthetic school, and of those that were left behind. As the owner, because no role
 * of the product may see more than one module.
 */
export async function removeSyntheticSchools(ownerUrl: string, storage: Storage, tenantId: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum validate' })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: string }>(
      `select id from "user".tenant where synthetic and (id = $1 or created_at < now() - $2::interval)`,
      [tenantId, LEFT_BEHIND]
    )
    for (const { id } of rows) await removeSchool(client, storage, id)
  } finally {
    await client.end()
  }
}

async function removeSchool(client: pg.Client, storage: Storage, tenantId: string): Promise<void> {
  await jobsEnd(client, tenantId)
  const { rows: keys } = await client.query<{ key: string }>(
    `select key from file.file where tenant_id = $1 and key is not null
     union select key from file.rendition where tenant_id = $1 and key is not null`,
    [tenantId]
  )
  for (const { key } of keys) await storage.delete(key)
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', space.nspname, class.relname) as name
     from pg_class class join pg_namespace space on space.oid = class.relnamespace
     join pg_attribute attribute on attribute.attrelid = class.oid and attribute.attname = 'tenant_id'
     where class.relkind = 'r' and not attribute.attisdropped and space.nspname not in ('graphile_worker', 'pg_catalog')`
  )
  await deleteFromAll(
    client,
    tables.map(({ name }) => name),
    tenantId
  )
  await client.query('delete from "user".tenant where id = $1 and synthetic', [tenantId])
  await client.query(`select pg_notify('lyceum_tenant', '')`)
}

/** What refers to a row goes before it; which that is, the foreign keys say by refusing. */
async function deleteFromAll(client: pg.Client, tables: readonly string[], tenantId: string): Promise<void> {
  const refused: string[] = []
  for (const table of tables) {
    try {
      await client.query(`delete from ${table} where tenant_id = $1`, [tenantId])
    } catch (error) {
      const isReferred = error instanceof pg.DatabaseError && error.code === '23503'
      if (!isReferred) throw error
      refused.push(table)
    }
  }
  if (refused.length === tables.length)
    throw new Error(`Rows of ${refused.join(', ')} refer to each other in a circle.`)
  if (refused.length > 0) await deleteFromAll(client, refused, tenantId)
}

async function jobsEnd(client: pg.Client, tenantId: string): Promise<void> {
  const until = Date.now() + JOBS_PATIENCE_MS
  for (;;) {
    const { rows } = await client.query<{ open: boolean }>(
      'select exists (select from platform.outbox where tenant_id = $1 and relayed_at is null) as open',
      [tenantId]
    )
    if (!rows[0]?.open || Date.now() > until) break
    await sleep(250)
  }
  // Jobs belong to the queue's own login; what they would do is done here.
  await client.query('begin')
  await client.query('set local role lyceum_jobs')
  await client.query(
    `delete from graphile_worker._private_jobs where payload->>'tenantId' = $1 and locked_at is null`,
    [tenantId]
  )
  await client.query('commit')
}
