import type { Finish } from '@lyceum/platform/backup/part-rule'
import { newId } from '@lyceum/platform/id'
import { sql } from 'kysely'
import type { Tables } from '../context.ts'
import { ACCESS_SECONDS } from './access-token.ts'
import { REVOCATION_CHANNEL } from './revocation-list.ts'

/**
 * After people went back to how they were: access tokens say what role somebody had, so those of everybody who changed or went are taken
 * back. Where a sign-in is left and the person may have it, it brings a new one.
 */
export async function takeTokensBack({ tx: transaction, tenantId, now, acts }: Finish): Promise<void> {
  const tx = transaction<Tables>()
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.raw(acts)} where act in ('change', 'remove') and tenant_id = ${tenantId}`.execute(tx)
  if (rows.length === 0) return
  const expiresAt = new Date(now.getTime() + 2 * ACCESS_SECONDS * 1000)
  await sql`
    insert into "user".revocation (tenant_id, id, user_id, sign_in_id, issued_before, expires_at)
    select ${tenantId}, given.id, given.user_id, null, ${now}, ${expiresAt}
    from jsonb_to_recordset(${JSON.stringify(rows.map(({ id }) => ({ id: newId(), user_id: id })))}::jsonb) as given (id uuid, user_id uuid)`.execute(
    tx
  )
  await sql`select pg_notify(${REVOCATION_CHANNEL}, '')`.execute(tx)
}
