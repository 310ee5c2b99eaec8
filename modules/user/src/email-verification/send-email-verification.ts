import type { UserContext } from '../context.ts'
import { readPerson } from '../person/person.ts'
import { schoolOrigin } from '../secret-link/origin.ts'
import { sendLinks } from '../secret-link/secret-link.ts'
import { countFailure, mustNotBeThrottled } from '../sign-in/throttle.ts'

/** Nothing is sent where the address is confirmed already; five times in a quarter of an hour otherwise. */
export const sendEmailVerification =
  (publicUrl: string) =>
  async (context: UserContext, _: object): Promise<{ done: true }> => {
    const person = await readPerson(context, context.userId)
    if (person.emailVerified) return { done: true }
    await mustNotBeThrottled(context, `verify:${person.id}`)
    await countFailure(context, `verify:${person.id}`)
    const origin = await schoolOrigin(context, publicUrl)
    await sendLinks(context, [person], { purpose: 'email-verification', origin, from: null })
    return { done: true }
  }
