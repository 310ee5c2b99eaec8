import { defineError } from '@lyceum/platform/errors'
import type { Given, UserContext } from '../context.ts'
import { schoolOrigin } from '../secret-link/origin.ts'
import { sendLinks } from '../secret-link/secret-link.ts'
import { readPerson } from './person.ts'

const NotInvited = defineError('user.not-invited', 'conflict', (status: 'active' | 'deactivated') =>
  status === 'active'
    ? 'This account is in use already. Its owner can reset the password on the sign-in page.'
    : 'This account is locked. Unlock it before inviting its owner.'
)

export const resendInvitation =
  (publicUrl: string) =>
  async (context: UserContext, { userId: invitedId }: Given<'resendInvitation'>): Promise<{ done: true }> => {
    const { caller, userId } = context
    const person = await readPerson(context, invitedId)
    if (person.status !== 'invited') throw NotInvited(person.status)
    const origin = await schoolOrigin(context, publicUrl)
    await sendLinks(context, [person], { purpose: 'invitation', origin, from: { id: userId, name: caller.name } })
    return { done: true }
  }
