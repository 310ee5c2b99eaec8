import { keep } from '@lyceum/platform/transaction'
import { sql } from 'kysely'
import type { Given, UserContext } from '../context.ts'
import type { SchoolRole } from '../contract.ts'
import { LinkInvalid, readLink } from '../secret-link/secret-link.ts'
import { countFailure, mustNotBeThrottled } from '../sign-in/throttle.ts'

interface Invitation {
  email: string
  name: string
  role: SchoolRole
  invitedBy: string
  expiresAt: string
}

/** Who is invited to what, for whoever holds the link. @throws auth.link-invalid */
export async function getInvitation(context: UserContext, { token }: Given<'getInvitation'>): Promise<Invitation> {
  await mustNotBeThrottled(context, null)
  const link = await readLink(context, token, 'invitation')
  if (!link) {
    await countFailure(context, null)
    throw keep(LinkInvalid())
  }
  const { email, name, role, senderName, expiresAt } = link
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
