import { sql } from 'kysely'
import type { Given, UserContext } from '../context.ts'
import type { Person } from '../contract.ts'
import { emailKey, personColumns } from './person.ts'

/** Accounts by id or address, for other modules; what is not known is left out. */
export async function lookUpPeople(
  { tx }: UserContext,
  { userIds = [], emails = [] }: Given<'lookUpPeople'>
): Promise<{ people: Person[] }> {
  const people = await tx
    .selectFrom('user.person')
    .select(personColumns)
    .where((eb) =>
      eb.or([
        eb('id', '=', sql<string>`any (${userIds}::uuid[])`),
        eb('email_key', '=', sql<string>`any (${emails.map(emailKey)}::text[])`)
      ])
    )
    .execute()
  return { people }
}
