import { defineError } from '@lyceum/platform/errors'
import { inSteps } from '@lyceum/platform/module'
import { keep } from '@lyceum/platform/transaction'
import type { Given, UserSteps } from '../context.ts'
import { checkPassword, hashPassword, passwordFits } from '../person/password.ts'
import { tellPasswordChanged } from '../person/password-changed.ts'
import { emailKey, PersonNotFound } from '../person/person.ts'
import type { UserServices } from '../services.ts'
import { endSignIns } from '../sign-in/end-sign-ins.ts'
import { countFailure, forgiveFailures, mustNotBeThrottled } from '../sign-in/throttle.ts'

const CurrentPasswordWrong = defineError(
  'user.current-password-wrong',
  'invalid',
  () => 'The current password is not right. If you do not know it, sign out and reset it.',
  () => ({ errors: [{ field: '/currentPassword', code: 'wrong', message: 'is not right' }] })
)

/** Every other sign-in ends. @throws user.current-password-wrong, user.password-refused, auth.throttled */
export const changePassword = ({ revocations, publicUrl }: Pick<UserServices, 'revocations' | 'publicUrl'>) =>
  inSteps(
    async (
      { transact, caller: { signInId } }: UserSteps,
      { currentPassword, newPassword }: Given<'changePassword'>
    ): Promise<{ done: true }> => {
      const person = await transact(async (context) => {
        const found = await context.tx
          .selectFrom('user.person')
          .select(['id', 'name', 'email', 'password_hash'])
          .where('id', '=', context.userId)
          .executeTakeFirstOrThrow(() => PersonNotFound())
        await mustNotBeThrottled(context, emailKey(found.email))
        return found
      })
      if (!(await passwordFits(person.password_hash, currentPassword))) {
        await transact(async (context) => {
          await countFailure(context, emailKey(person.email))
          throw keep(CurrentPasswordWrong())
        })
      }
      await checkPassword(newPassword, person)
      const passwordHash = await hashPassword(newPassword)
      await transact(async (context) => {
        const { tx } = context
        const { numUpdatedRows } = await tx
          .updateTable('user.person')
          .set((eb) => ({ password_hash: passwordHash, version: eb('version', '+', 1) }))
          .where('id', '=', person.id)
          // Whoever changed or reset it meanwhile knows better.
          .where('password_hash', '=', person.password_hash)
          .executeTakeFirstOrThrow()
        if (numUpdatedRows === 0n) throw CurrentPasswordWrong()
        await endSignIns(context, { userId: person.id, except: signInId, because: 'password changed' })
        await forgiveFailures(context, emailKey(person.email))
        await tellPasswordChanged(context, person.id, publicUrl)
      })
      await revocations.refresh()
      return { done: true }
    }
  )
