import { sql } from 'kysely'
import type { Given, UserContext } from '../context.ts'
import type { SchoolRole } from '../contract.ts'
import { mustHoldLink } from '../secret-link/must-hold-link.ts'

interface Invitation {
  email: string
  name: string
  role: SchoolRole
  invitedBy: string
  expiresAt: string
}

/** Who is invited to what, for whoever holds the link. @throws auth.link-invalid */
export async function getInvitation(context: UserContext, { token }: Given<'getInvitation'>): Promise<Invitation> {
  const { email, name, role, senderName, expiresAt } = await mustHoldLink(context, token, 'invitation')
  return { email, name, role, invitedBy: senderName ?? (await schoolName(context)), expiresAt }
}

async function schoolName({ tx }: UserContext): Promise<string> {
  const { name } = await tx
    .selectFrom('user.tenant')
    .select('name')
    .where('id', '=', sql<string>`platform.tenant_id()`)
    .executeTakeFirstOrThrow()
  return name
}
