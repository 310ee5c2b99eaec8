import { inSteps } from '@lyceum/platform/module'
import type { Given, UserSteps } from '../context.ts'
import { PersonChanged, type SignedIn } from '../contract.ts'
import { keepWords } from '../person/create-people.ts'
import { checkPassword, hashPassword } from '../person/password.ts'
import { readName, readPerson, whatChanged } from '../person/person.ts'
import { mustHoldLink } from '../secret-link/must-hold-link.ts'
import { useLink } from '../secret-link/secret-link.ts'
import type { AccessTokens } from '../sign-in/access-token.ts'
import { openSignIn } from '../sign-in/open-sign-in.ts'

/** Holding the link proves the mailbox, so the address counts as verified. @throws auth.link-invalid, user.password-refused */
export const acceptInvitation = (tokens: AccessTokens) =>
  inSteps(async ({ transact }: UserSteps, { token, name, password }: Given<'acceptInvitation'>): Promise<SignedIn> => {
    const invited = await transact((context) => mustHoldLink(context, token, 'invitation'))
    await checkPassword(password, { name, email: invited.email })
    const passwordHash = await hashPassword(password)
    return transact(async (context) => {
      const { tx, now, publish } = context
      await useLink(context, token, 'invitation')
      await tx
        .updateTable('user.person')
        .set((eb) => ({
          name: readName(name),
          password_hash: passwordHash,
          activated_at: now,
          email_verified_at: now,
          version: eb('version', '+', 1)
        }))
        .where('id', '=', invited.id)
        .execute()
      const person = await readPerson(context, invited.id)
      await keepWords(context, person)
      await publish(PersonChanged, whatChanged(person))
      return openSignIn(context, tokens, { ...person, operator: invited.operator }, 'invitation')
    })
  })
