import type { Given, UserContext } from '../context.ts'
import { type Person, PersonChanged } from '../contract.ts'
import { readPerson, whatChanged } from './person.ts'

/** Unlocks the account; whoever had not accepted the invitation before is invited still. */
export async function reactivatePerson(context: UserContext, { userId }: Given<'reactivatePerson'>): Promise<Person> {
  const { tx, publish } = context
  const before = await readPerson(context, userId)
  if (before.status !== 'deactivated') return before
  await tx
    .updateTable('user.person')
    .set((eb) => ({ deactivated_at: null, version: eb('version', '+', 1) }))
    .where('id', '=', userId)
    .execute()
  const person = await readPerson(context, userId)
  await publish(PersonChanged, whatChanged(person))
  return person
}
