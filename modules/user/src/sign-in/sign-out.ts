import { inSteps } from '@lyceum/platform/module'
import type { UserSteps } from '../context.ts'
import { revoke } from './open-sign-in.ts'
import { REVOCATION_CHANNEL, type RevocationList } from './revocation-list.ts'

/** Ends the sign-in of this request; harmless where there is none. */
export const signOut = (revocations: RevocationList) =>
  inSteps(async ({ caller: { userId, signInId }, transact }: UserSteps, _: object): Promise<{ done: true }> => {
    if (userId === null || signInId === null) return { done: true }
    await transact(async (context) => {
      await context.tx
        .updateTable('user.sign_in')
        .set({ ended_at: context.now, ended_because: 'signed out' })
        .where('id', '=', signInId)
        .execute()
      await revoke(context, REVOCATION_CHANNEL, { userId, signInId })
    })
    await revocations.refresh()
    return { done: true }
  })
