import { inSteps } from '@lyceum/platform/module'
import type { UserSteps } from '../context.ts'
import { endSignIns, revokePerson } from '../sign-in/end-sign-ins.ts'
import type { RevocationList } from '../sign-in/revocation-list.ts'

/** Signs out everywhere, this device included; every access token stops working at once. */
export const endAllSignIns = (revocations: RevocationList) =>
  inSteps(async ({ transact }: UserSteps, _: object): Promise<{ done: true }> => {
    await transact(async (context) => {
      await endSignIns(context, { userId: context.userId, because: 'signed out everywhere' })
      await revokePerson(context, context.userId)
    })
    await revocations.refresh()
    return { done: true }
  })
