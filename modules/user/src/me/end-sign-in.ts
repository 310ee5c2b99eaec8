import { defineError } from '@lyceum/platform/errors'
import { inSteps } from '@lyceum/platform/module'
import type { Given, UserSteps } from '../context.ts'
import { endSignIns } from '../sign-in/end-sign-ins.ts'
import type { RevocationList } from '../sign-in/revocation-list.ts'

const SignInNotFound = defineError(
  'user.sign-in-not-found',
  'not-found',
  () => 'You have no such sign-in: it may have ended already.'
)

/** Signs one device out, at once. @throws user.sign-in-not-found */
export const endSignIn = (revocations: RevocationList) =>
  inSteps(async ({ transact }: UserSteps, { signInId }: Given<'endSignIn'>): Promise<{ done: true }> => {
    await transact(async (context) => {
      const ended = await endSignIns(context, { userId: context.userId, only: signInId, because: 'ended by its owner' })
      if (ended === 0) throw SignInNotFound()
    })
    await revocations.refresh()
    return { done: true }
  })
