import { defineJob } from '@lyceum/platform/module'
import Type, { type Static } from 'typebox'
import type { Given, UserContext, UserJob } from '../context.ts'
import { emailKey } from '../person/person.ts'
import { schoolOrigin } from '../secret-link/origin.ts'
import { sendLinks } from '../secret-link/secret-link.ts'
import { countFailure, mustNotBeThrottled } from '../sign-in/throttle.ts'

export const SendPasswordReset = defineJob(
  'user.send-password-reset',
  Type.Object({ email: Type.String(), origin: Type.String() })
)

/**
 * Whether the address is known is looked up later, by a job: the request does the same work for every address, so
 * neither its answer nor its delay tells anything. Every request counts as a guess.
 */
export const requestPasswordReset =
  (publicUrl: string) =>
  async (context: UserContext, { email }: Given<'requestPasswordReset'>): Promise<{ done: true }> => {
    const key = emailKey(email)
    await mustNotBeThrottled(context, `reset:${key}`)
    await countFailure(context, `reset:${key}`)
    const origin = await schoolOrigin(context, publicUrl)
    await context.enqueue(SendPasswordReset, { email: key, origin })
    return { done: true }
  }

/** Whoever has not accepted the invitation yet gets that again: there is no password to reset. */
export const sendPasswordReset = (
  { transact }: UserJob,
  { email, origin }: Static<typeof SendPasswordReset.payload>
): Promise<void> =>
  transact(async (context) => {
    const person = await context.tx
      .selectFrom('user.person')
      .select(['id', 'name', 'email', 'locale', 'activated_at'])
      .where('email_key', '=', email)
      .where('deactivated_at', 'is', null)
      .executeTakeFirst()
    if (!person) return
    const purpose = person.activated_at === null ? 'invitation' : 'password-reset'
    await sendLinks(context, [person], { purpose, origin, from: null })
  })
