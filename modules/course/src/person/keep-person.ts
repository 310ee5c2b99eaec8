import type { Person, PersonChanged } from '@lyceum/user/contract'
import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { CourseContext } from '../context.ts'

/** Reaction: a name, address or account state changed in the user module. */
export async function keepPerson(
  { tx }: CourseContext,
  { userId, name, email, status }: Static<(typeof PersonChanged)['payload']>
): Promise<void> {
  await tx
    .insertInto('course.person')
    .values({ user_id: userId, name, email, active: hasAccepted(status) })
    .onConflict((known) =>
      known.constraint('person_pkey').doUpdateSet((row) => ({
        name: row.ref('excluded.name'),
        email: row.ref('excluded.email'),
        active: row.ref('excluded.active')
      }))
    )
    .execute()
}

/**
 * People just heard of by asking. Whoever is known already stays as the events left them: an answer may be older than
 * the event that overtook it.
 */
export async function meetPeople(
  { tx }: CourseContext,
  people: readonly Pick<Person, 'id' | 'name' | 'email' | 'status'>[]
): Promise<void> {
  const rows = people.map(({ id, name, email, status }) => ({ user_id: id, name, email, active: hasAccepted(status) }))
  await sql`
    insert into course.person (user_id, name, email, active)
    select user_id, name, email, active
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as met(user_id uuid, name text, email text, active boolean)
    order by user_id
    on conflict do nothing`.execute(tx)
}

/** A deactivated account was once accepted; only an invitation nobody answered makes a person “invited”. */
const hasAccepted = (status: Person['status']): boolean => status !== 'invited'
