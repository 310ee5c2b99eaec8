import { defineError } from '@lyceum/platform/errors'
import { inInstallation } from '@lyceum/platform/installation-db'
import { inSteps } from '@lyceum/platform/module'
import { sql } from 'kysely'
import type { Given, Tables, UserSteps } from '../context.ts'
import { readName } from '../person/person.ts'
import type { UserServices } from '../services.ts'
import { announceTenants, keepHosts, readHosts, readTenants, type Tenant } from './tenant.ts'

const TenantNotFound = defineError('tenant.not-found', 'not-found', () => 'There is no such school.')
const TenantStale = defineError(
  'tenant.stale',
  'stale',
  (_version: number) => 'Somebody changed this school meanwhile. Look at the new values and decide again.',
  (version) => ({ facts: { version } })
)
const OwnTenant = defineError(
  'tenant.own',
  'conflict',
  () => 'You are signed in to this school: suspending it would lock you out. Sign in to another one first.'
)

/** @throws tenant.not-found, tenant.stale, tenant.own, tenant.host-taken, request.invalid */
export const updateTenant = ({
  database,
  tenants,
  schools,
  clock
}: Pick<UserServices, 'database' | 'tenants' | 'schools' | 'clock'>) =>
  inSteps(
    async (
      { tenantId: ownId, expectedVersion }: UserSteps,
      { tenantId, name, hosts, status }: Given<'updateTenant'>
    ): Promise<Tenant> => {
      if (status === 'suspended' && tenantId === ownId) throw OwnTenant()
      const updated = await inInstallation<Tables, Tenant | undefined>(database, async (tx) => {
        const before = await tx
          .selectFrom('user.tenant')
          .select(['version', 'suspended_at'])
          .where('id', '=', tenantId)
          .forUpdate()
          .executeTakeFirstOrThrow(() => TenantNotFound())
        if (before.version !== expectedVersion) throw TenantStale(before.version)
        await tx
          .updateTable('user.tenant')
          .set({
            ...(name === undefined ? {} : { name: readName(name) }),
            ...(status === undefined
              ? {}
              : { suspended_at: status === 'active' ? null : (before.suspended_at ?? clock.now()) }),
            version: before.version + 1
          })
          .where('id', '=', tenantId)
          .execute()
        if (hosts !== undefined) await keepHosts(tx, tenantId, readHosts(hosts))
        await announceTenants(tx)
        return (await readTenants(tx, sql`id = ${tenantId}`))[0]
      })
      if (!updated) throw TenantNotFound()
      tenants.forget()
      await schools.forget(tenantId)
      return updated
    }
  )
