import type { Database } from './database.ts'
import type { Trail } from './trail.ts'
import { inTransaction, raise, type Tx } from './transaction.ts'

const RAISE_FENCES = `select set_config('app.tenant_id', $1, true), set_config('role', $2, true)`

/** Whose data, as which module, and for whom. */
export interface TenantFences {
  readonly tenantId: string
  readonly role: string
  readonly trail?: Trail | undefined
}

/**
 * The only way to reach tenant data. Both fences last as long as the transaction: rows by tenant (row-level security),
 * tables by module (the role's grants). BEGIN, the fences and the first query travel in one packet, so that a single
 * SELECT costs one round trip and the commit another.
 */
export function inTenant<Tables, Answer>(
  database: Database,
  { tenantId, role, trail }: TenantFences,
  work: (tx: Tx<Tables>) => Promise<Answer>
): Promise<Answer> {
  return inTransaction(
    database,
    (client) => raise(client, database.prepare, RAISE_FENCES, [tenantId, role]),
    work,
    trail
  )
}
