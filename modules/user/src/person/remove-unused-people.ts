import { sql } from 'kysely'
import type { Given, UserContext } from '../context.ts'
import { PersonChanged } from '../contract.ts'
import { personColumns, whatChanged } from './person.ts'

/** Deletes those of the accounts that nobody has accepted, signed in to or locked yet; the others stay. */
export async function removeUnusedPeople(
  { tx, publishAll }: UserContext,
  { userIds }: Given<'removeUnusedPeople'>
): Promise<{ removed: string[] }> {
  const removed = await tx
    .deleteFrom('user.person')
    .where('id', '=', sql<string>`any (${userIds})`)
    .where('activated_at', 'is', null)
    .where('last_active_at', 'is', null)
    .where('deactivated_at', 'is', null)
    .returning(personColumns)
    .execute()
  // Whoever kept the name must not offer this person any more.
  await publishAll(
    PersonChanged,
    removed.map((person) => ({ ...whatChanged(person), status: 'deactivated' as const }))
  )
  return { removed: removed.map(({ id }) => id) }
}
