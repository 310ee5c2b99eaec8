import type { Person, PersonChanged } from '@lyceum/user/contract'
import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { CourseContext } from '../context.ts'

/**
 * Reaction: a name, address or account state changed in the user module. Whoever leaves unknown stays unknown: accounts
 * that are deleted are told as deactivated.
 */
export async function keepPerson(
  { tx }: CourseContext,
  { userId, name, email, status }: Static<(typeof PersonChanged)['payload']>
): Promise<void> {
  const facts = { name, email, active: hasAccepted(status) }
  if (status === 'deactivated') await tx.updateTable('course.person').set(facts).where('user_id', '=', userId).execute()
  else
    await tx
      .insertInto('course.person')
      .values({ user_id: userId, ...facts })
      .onConflict((known) => known.constraint('person_pkey').doUpdateSet(facts))
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
