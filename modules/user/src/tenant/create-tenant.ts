import { inInstallation } from '@lyceum/platform/installation-db'
import { inSteps } from '@lyceum/platform/module'
import { sql } from 'kysely'
import type { Given, Tables, UserSteps } from '../context.ts'
import type { UserServices } from '../services.ts'
import { createSchool } from './create-school.ts'
import { readTenants, type Tenant } from './tenant.ts'

/** @throws tenant.slug-taken, tenant.host-taken, request.invalid */
export const createTenant = (services: Pick<UserServices, 'database' | 'clock' | 'publicUrl' | 'tenants'>) =>
  inSteps(async ({ caller }: UserSteps, given: Given<'createTenant'>): Promise<Tenant> => {
    const { name, slug, hosts, administratorName, administratorEmail } = given
    const administrator = { name: administratorName, email: administratorEmail }
    const { tenantId } = await createSchool(services, { name, slug, hosts, administrator }, caller.name || null)
    services.tenants.forget()
    const [made] = await inInstallation<Tables, Tenant[]>(services.database, (tx) =>
      readTenants(tx, sql`id = ${tenantId}`)
    )
    if (!made) throw new Error('the school was made above')
    return made
  })
