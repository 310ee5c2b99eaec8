import type { Given, UserContext } from '../context.ts'
import { mustHoldLink } from '../secret-link/must-hold-link.ts'
import { useLink } from '../secret-link/secret-link.ts'

/** @throws auth.link-invalid */
export async function verifyEmail(context: UserContext, { token }: Given<'verifyEmail'>): Promise<{ email: string }> {
  const { tx, now } = context
  const { id, email } = await mustHoldLink(context, token, 'email-verification')
  await useLink(context, token, 'email-verification')
  await tx
    .updateTable('user.person')
    .set((eb) => ({ email_verified_at: now, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .execute()
  return { email }
}
