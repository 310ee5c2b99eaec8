import { cutPage, readCursor } from '@lyceum/platform/page'
import { type SqlBool, sql } from 'kysely'
import type { Given, UserContext } from '../context.ts'

/** Where I am signed in, newest first. */
export async function listSignIns(
  { tx, userId, caller, now }: UserContext,
  { cursor, limit = 50 }: Given<'listSignIns'>
) {
  const [createdAt, id] = readCursor(cursor, 2) ?? []
  const rows = await tx
    .selectFrom('user.sign_in')
    .select(['id', 'device', 'address', 'method', 'created_at as createdAt', 'last_used_at as lastUsedAt'])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', sql<string>`${now}`)
    .$if(createdAt !== undefined, (query) =>
      query.where(sql<SqlBool>`(created_at, id) < (${createdAt}::timestamptz, ${id}::uuid)`)
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const marked = rows.map((row) => ({ ...row, current: row.id === caller.signInId }))
  return cutPage(marked, limit, (row) => [row.createdAt, row.id])
}
