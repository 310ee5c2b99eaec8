import { defineError, invalidFields } from '@lyceum/platform/errors'
import type { Tx } from '@lyceum/platform/transaction'
import { type SqlBool, sql } from 'kysely'
import type { Static } from 'typebox'
import type { Tables } from '../context.ts'
import type { Tenant as TenantSchema } from '../contract.ts'
import { TENANT_CHANNEL } from './tenant-directory.ts'

export type Tenant = Static<typeof TenantSchema>

export const SlugTaken = defineError(
  'tenant.slug-taken',
  'conflict',
  (slug: string) => `A school with the short name ${slug} exists already. Choose another.`,
  () => ({ errors: [{ field: '/slug', code: 'taken', message: 'is in use already' }] })
)
const HostTaken = defineError(
  'tenant.host-taken',
  'conflict',
  (host: string) => `${host} leads to another school already. Choose another host, or take it from that school first.`,
  () => ({ errors: [{ field: '/hosts', code: 'taken', message: 'leads to another school' }] })
)

/**
 * Schools with their hosts and head count, oldest first; runs as the installation.
 * @param wanted which; by default every one
 */
export async function readTenants(tx: Tx<Tables>, wanted = sql<SqlBool>`true`, limit = 1): Promise<Tenant[]> {
  const { rows } = await sql<Tenant>`
    select id, name, slug, created_at as "createdAt", version,
      case when suspended_at is null then 'active' else 'suspended' end as status,
      array(select host from "user".tenant_host where tenant_id = tenant.id order by host) as hosts,
      (select count(*) from "user".person where tenant_id = tenant.id) as people
    from "user".tenant where ${wanted} and not synthetic order by id limit ${limit}`.execute(tx)
  return rows
}

/** Host names as requests bring them: lower case, without port or trailing dot. @throws request.invalid */
export function readHosts(given: readonly string[]): string[] {
  const hosts = [...new Set(given.map((host) => host.trim().toLowerCase().replace(/\.$/, '')))]
  const wrong = hosts.find(
    (host) => !/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/.test(host)
  )
  if (wrong === undefined) return hosts
  const message = `“${wrong}” is not a host name. Give it without scheme, port or path, such as learn.example.org.`
  throw invalidFields([{ field: '/hosts', code: 'not-a-host', message }])
}

/** Makes exactly these hosts lead to the school. @throws tenant.host-taken */
export async function keepHosts(tx: Tx<Tables>, tenantId: string, hosts: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('user.tenant_host')
    .where('tenant_id', '=', tenantId)
    .where('host', 'not in', [...hosts])
    .execute()
  await tx
    .insertInto('user.tenant_host')
    .values(hosts.map((host) => ({ host, tenant_id: tenantId })))
    .onConflict((conflict) => conflict.column('host').doNothing())
    .execute()
  const other = await tx
    .selectFrom('user.tenant_host')
    .select('host')
    .where('host', 'in', [...hosts])
    .where('tenant_id', '!=', tenantId)
    .executeTakeFirst()
  if (other) throw HostTaken(other.host)
}

/** Every process forgets what it knew about hosts when this transaction commits. */
export async function announceTenants(tx: Tx<Tables>): Promise<void> {
  await sql`select pg_notify(${TENANT_CHANNEL}, '')`.execute(tx)
}
