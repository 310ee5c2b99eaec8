import type { Given, UserContext } from '../context.ts'
import type { Person } from '../contract.ts'
import { schoolOrigin } from '../secret-link/origin.ts'
import { sendLinks } from '../secret-link/secret-link.ts'
import { createPeople } from './create-people.ts'
import { EmailTaken } from './person.ts'

/** @throws user.email-taken */
export const invitePerson =
  (publicUrl: string) =>
  async (context: UserContext, { name, email, role }: Given<'invitePerson'>): Promise<Person> => {
    const { caller, userId } = context
    const [person] = await createPeople(context, [{ name, email, role, active: false }])
    if (!person) throw EmailTaken(email)
    const origin = await schoolOrigin(context, publicUrl)
    await sendLinks(context, [person], { purpose: 'invitation', origin, from: { id: userId, name: caller.name } })
    return person
  }
