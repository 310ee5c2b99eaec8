import { inInstallation } from '@lyceum/platform/installation-db'
import { inSteps } from '@lyceum/platform/module'
import { cutPage, readCursor } from '@lyceum/platform/page'
import { sql } from 'kysely'
import type { Given, Tables, UserSteps } from '../context.ts'
import type { UserServices } from '../services.ts'
import { readTenants, type Tenant } from './tenant.ts'

/** Every school of the installation, oldest first. */
export const listTenants = ({ database }: Pick<UserServices, 'database'>) =>
  inSteps(async (_: UserSteps, { cursor, limit = 50 }: Given<'listTenants'>) => {
    const [last] = readCursor(cursor, 1) ?? []
    const rows = await inInstallation<Tables, Tenant[]>(database, (tx) =>
      readTenants(tx, last === undefined ? sql`true` : sql`id > ${last}`, limit + 1)
    )
    return cutPage(rows, limit, ({ id }) => [id])
  })
