import { newId } from '@lyceum/platform/id'
import { ACCESS_SECONDS } from './access-token.ts'

/** A connection of the owner of the database, which sees every school. */
interface Connection {
  query(
    text: string,
    values: readonly unknown[]
  ): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>
}

/**
 * Ends every sign-in of every school and takes back every access token, also those of sign-ins that this database does not know:
 * for a database that was put back to an earlier time, which has forgotten who signed out and who was locked since.
 * @returns how many sign-ins ended
 */
export async function endEverySignIn(connection: Connection, now: Date): Promise<number> {
  await connection.query('begin', [])
  const ended = await connection.query(
    `update "user".sign_in set ended_at = $1, ended_because = 'restored from a backup' where ended_at is null`,
    [now]
  )
  const people = await connection.query('select count(*)::int as count from "user".person', [])
  const [counted] = people.rows
  const count = typeof counted === 'object' && counted !== null && 'count' in counted ? Number(counted.count) : 0
  await connection.query(
    `insert into "user".revocation (tenant_id, id, user_id, sign_in_id, issued_before, expires_at)
     select tenant_id, revocation_id, person.id, null, $2, $3
     from (select tenant_id, id, row_number() over () as place from "user".person) person
     join unnest($1::uuid[]) with ordinality ids (revocation_id, place) using (place)`,
    [Array.from({ length: count }, newId), now, new Date(now.getTime() + 2 * ACCESS_SECONDS * 1000)]
  )
  await connection.query('commit', [])
  return ended.rowCount ?? 0
}
