import { defineError } from '@lyceum/platform/errors'
import { inSteps } from '@lyceum/platform/module'
import type { Given, UserSteps } from '../context.ts'
import { type Person, PersonChanged } from '../contract.ts'
import { revokePerson } from '../sign-in/end-sign-ins.ts'
import type { RevocationList } from '../sign-in/revocation-list.ts'
import { mustLeaveAdministrator } from './administrator.ts'
import { keepWords } from './create-people.ts'
import { PersonNotFound, PersonStale, readName, readPerson, whatChanged } from './person.ts'

const OwnRole = defineError(
  'user.own-role',
  'forbidden',
  () => 'Nobody changes their own role. Another administrator can do it.'
)

/** A new role counts at once: access tokens made out to the old one are taken back, and refreshing brings the new one. */
export const updatePerson = (revocations: RevocationList) =>
  inSteps(async ({ transact }: UserSteps, { userId, name, role }: Given<'updatePerson'>): Promise<Person> => {
    const { person, roleChanged } = await transact(async (context) => {
      const { tx, publish, expectedVersion } = context
      if (role !== undefined && role !== 'administrator') await mustLeaveAdministrator(context, userId)
      const before = await tx
        .selectFrom('user.person')
        .select(['role', 'version'])
        .where('id', '=', userId)
        .forUpdate()
        .executeTakeFirstOrThrow(() => PersonNotFound())
      if (before.version !== expectedVersion) throw PersonStale(before.version)
      const roleChanged = role !== undefined && role !== before.role
      if (roleChanged && userId === context.userId) throw OwnRole()
      await tx
        .updateTable('user.person')
        .set((eb) => ({
          ...(name === undefined ? {} : { name: readName(name) }),
          ...(role === undefined ? {} : { role }),
          version: eb('version', '+', 1)
        }))
        .where('id', '=', userId)
        .execute()
      const person = await readPerson(context, userId)
      if (name !== undefined) await keepWords(context, person)
      if (roleChanged) await revokePerson(context, userId)
      await publish(PersonChanged, whatChanged(person))
      return { person, roleChanged }
    })
    if (roleChanged) await revocations.refresh()
    return person
  })
