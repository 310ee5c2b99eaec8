import type { Given, UserContext } from '../context.ts'
import { mustHoldLink } from '../secret-link/must-hold-link.ts'

/** Whom a reset link is for. @throws auth.link-invalid */
export async function getPasswordReset(
  context: UserContext,
  { token }: Given<'getPasswordReset'>
): Promise<{ email: string; expiresAt: string }> {
  const { email, expiresAt } = await mustHoldLink(context, token, 'password-reset')
  return { email, expiresAt }
}
