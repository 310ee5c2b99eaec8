import { defineError } from '@lyceum/platform/errors'
import { inSteps } from '@lyceum/platform/module'
import { keep } from '@lyceum/platform/transaction'
import type { Given, UserSteps } from '../context.ts'
import type { SignedIn } from '../contract.ts'
import { createPeople } from '../person/create-people.ts'
import { checkPassword, hashPassword } from '../person/password.ts'
import { EmailTaken } from '../person/person.ts'
import { readSchool } from '../school/school.ts'
import { schoolOrigin } from '../secret-link/origin.ts'
import { sendLinks } from '../secret-link/secret-link.ts'
import type { UserServices } from '../services.ts'
import { openSignIn } from './open-sign-in.ts'
import { countFailure, mustNotBeThrottled } from './throttle.ts'

const SignUpClosed = defineError(
  'auth.sign-up-closed',
  'forbidden',
  () => 'This school creates accounts itself. Ask it for an invitation.'
)

/** A learner's account, usable at once; the address is to be confirmed. @throws auth.sign-up-closed, user.email-taken */
export const signUp = ({ tokens, publicUrl }: Pick<UserServices, 'tokens' | 'publicUrl'>) =>
  inSteps(async ({ transact }: UserSteps, { name, email, password }: Given<'signUp'>): Promise<SignedIn> => {
    await transact(async (context) => {
      await mustNotBeThrottled(context, null)
      const { selfSignUp } = await readSchool(context)
      if (!selfSignUp) throw SignUpClosed()
    })
    await checkPassword(password, { name, email })
    const passwordHash = await hashPassword(password)
    return transact(async (context) => {
      const [person] = await createPeople(context, [{ name, email, role: 'learner', passwordHash, active: true }])
      if (!person) {
        // The answer tells that the address is known; this keeps anybody from asking for many.
        await countFailure(context, null)
        throw keep(EmailTaken(email))
      }
      const origin = await schoolOrigin(context, publicUrl)
      await sendLinks(context, [person], { purpose: 'email-verification', origin, from: null })
      return openSignIn(context, tokens, { ...person, operator: false }, 'password')
    })
  })
