import { inSteps } from '@lyceum/platform/module'
import { sql } from 'kysely'
import type { Given, UserSteps } from '../context.ts'
import type { SignedIn } from '../contract.ts'
import { checkPassword, hashPassword } from '../person/password.ts'
import { tellPasswordChanged } from '../person/password-changed.ts'
import { emailKey } from '../person/person.ts'
import { mustHoldLink } from '../secret-link/must-hold-link.ts'
import { endLinks, useLink } from '../secret-link/secret-link.ts'
import type { UserServices } from '../services.ts'
import { endSignIns } from '../sign-in/end-sign-ins.ts'
import { openSignIn } from '../sign-in/open-sign-in.ts'
import { forgiveFailures } from '../sign-in/throttle.ts'

/** Every sign-in ends but the one this opens. @throws auth.link-invalid, user.password-refused */
export const resetPassword = ({
  tokens,
  revocations,
  publicUrl
}: Pick<UserServices, 'tokens' | 'revocations' | 'publicUrl'>) =>
  inSteps(async ({ transact }: UserSteps, { token, password }: Given<'resetPassword'>): Promise<SignedIn> => {
    const person = await transact((context) => mustHoldLink(context, token, 'password-reset'))
    await checkPassword(password, person)
    const passwordHash = await hashPassword(password)
    const signedIn = await transact(async (context) => {
      const { tx, now } = context
      await useLink(context, token, 'password-reset')
      await tx
        .updateTable('user.person')
        .set((eb) => ({
          password_hash: passwordHash,
          // Whoever holds the link holds the mailbox.
          email_verified_at: sql`coalesce(email_verified_at, ${now})`,
          version: eb('version', '+', 1)
        }))
        .where('id', '=', person.id)
        .execute()
      await endLinks(context, person.id)
      await endSignIns(context, { userId: person.id, because: 'password reset' })
      await forgiveFailures(context, emailKey(person.email))
      await tellPasswordChanged(context, person.id, publicUrl)
      return openSignIn(context, tokens, person, 'reset')
    })
    await revocations.refresh()
    return signedIn
  })
