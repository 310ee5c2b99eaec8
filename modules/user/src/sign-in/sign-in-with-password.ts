import { defineError } from '@lyceum/platform/errors'
import { inSteps } from '@lyceum/platform/module'
import { keep } from '@lyceum/platform/transaction'
import type { Given, UserSteps } from '../context.ts'
import type { SignedIn } from '../contract.ts'
import { passwordFits } from '../person/password.ts'
import { emailKey } from '../person/person.ts'
import type { UserServices } from '../services.ts'
import { openSignIn } from './open-sign-in.ts'
import { countFailure, forgiveFailures, mustNotBeThrottled, mustNotFlood } from './throttle.ts'

const SignInFailed = defineError(
  'auth.sign-in-failed',
  'unauthenticated',
  () => 'That e-mail and password do not belong together. Check both, or reset your password.'
)
export const AccountDeactivated = defineError(
  'auth.account-deactivated',
  'forbidden',
  () => 'This account is locked. An administrator of your school can unlock it.'
)

/** The password is checked between two transactions, so that hashing holds no connection. */
export const signIn = ({ tokens, rateLimits }: Pick<UserServices, 'tokens' | 'rateLimits'>) =>
  inSteps(async (steps: UserSteps, { email, password, remember = false }: Given<'signIn'>): Promise<SignedIn> => {
    const { transact } = steps
    const key = emailKey(email)
    await mustNotFlood({ rateLimits }, steps, key)
    const found = await transact(async (context) => {
      await mustNotBeThrottled(context, key)
      return context.tx
        .selectFrom('user.person')
        .select(['id', 'name', 'email', 'role', 'operator', 'password_hash', 'deactivated_at'])
        .where('email_key', '=', key)
        .executeTakeFirst()
    })
    const fits = await passwordFits(found?.password_hash ?? null, password)
    return transact(async (context) => {
      if (!found || !fits) {
        await countFailure(context, key)
        throw keep(SignInFailed())
      }
      if (found.deactivated_at !== null) throw AccountDeactivated()
      await forgiveFailures(context, key)
      return openSignIn(context, tokens, found, 'password', remember)
    })
  })
