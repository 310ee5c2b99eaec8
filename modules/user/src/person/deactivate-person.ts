import { defineError } from '@lyceum/platform/errors'
import { inSteps } from '@lyceum/platform/module'
import type { Given, UserSteps } from '../context.ts'
import { type Person, PersonChanged } from '../contract.ts'
import { endLinks } from '../secret-link/secret-link.ts'
import { endSignIns, revokePerson } from '../sign-in/end-sign-ins.ts'

import type { RevocationList } from '../sign-in/revocation-list.ts'
import { mustLeaveAdministrator } from './administrator.ts'
import { readPerson, whatChanged } from './person.ts'

const OwnAccount = defineError(
  'user.own-account',
  'conflict',
  () => 'Nobody locks their own account. Another administrator can do it.'
)

/** Locks the account at once: sign-ins end, access tokens are taken back, links stop working. Nothing is deleted. */
export const deactivatePerson = (revocations: RevocationList) =>
  inSteps(async ({ transact }: UserSteps, { userId }: Given<'deactivatePerson'>): Promise<Person> => {
    const person = await transact(async (context) => {
      const { tx, now, publish } = context
      await mustLeaveAdministrator(context, userId)
      if (userId === context.userId) throw OwnAccount()
      const before = await readPerson(context, userId)
      if (before.status === 'deactivated') return before
      await tx
        .updateTable('user.person')
        .set((eb) => ({ deactivated_at: now, version: eb('version', '+', 1) }))
        .where('id', '=', userId)
        .execute()
      await endSignIns(context, { userId, because: 'account locked' })
      await endLinks(context, userId)
      await revokePerson(context, userId)
      const person = await readPerson(context, userId)
      await publish(PersonChanged, whatChanged(person))
      return person
    })
    await revocations.refresh()
    return person
  })
