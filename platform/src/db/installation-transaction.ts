import { sql } from 'kysely'
import type { Database } from './database.ts'
import { inTransaction, raise, type Tx } from './transaction.ts'

/**
 * For work that belongs to no tenant: resolving host names, relaying events, expiring what is old. It runs as
 * `lyceum_installation`, which the policies let see a few named tables whole and nothing else.
 */
export function inInstallation<Tables, Answer>(
  database: Database,
  work: (tx: Tx<Tables>) => Promise<Answer>
): Promise<Answer> {
  return inTransaction(
    database,
    (client) => raise(client, database.prepare, `select set_config('role', $1, true)`, ['lyceum_installation']),
    work
  )
}

/**
 * Goes on inside one tenant, in the same transaction: for making a school together with its first administrator. There is
 * no way back out before the transaction ends.
 */
export async function moveIntoTenant<Tables>(
  tx: Tx<Tables>,
  { tenantId, role }: { readonly tenantId: string; readonly role: string }
): Promise<void> {
  await sql`select set_config('app.tenant_id', ${tenantId}, true), set_config('role', ${role}, true)`.execute(tx)
}
