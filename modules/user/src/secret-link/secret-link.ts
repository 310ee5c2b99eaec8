import { defineError } from '@lyceum/platform/errors'
import { sql } from 'kysely'
import type { UserContext } from '../context.ts'
import { MailRequested } from '../contract.ts'
import { digest, newSecret } from '../sign-in/open-sign-in.ts'

export type LinkPurpose = 'invitation' | 'password-reset' | 'email-verification'

export const LinkInvalid = defineError(
  'auth.link-invalid',
  'not-found',
  () => 'This link is no longer good: it was used, replaced by a newer one, or is too old. Ask for a new one.'
)

const HOUR_MS = 60 * 60 * 1000
const LIFETIME_MS: Readonly<Record<LinkPurpose, number>> = {
  invitation: 14 * 24 * HOUR_MS,
  'password-reset': HOUR_MS,
  'email-verification': 3 * 24 * HOUR_MS
}

/** Where the web application takes a link of each purpose. */
const PATH: Readonly<Record<LinkPurpose, string>> = {
  invitation: '/invitation/',
  'password-reset': '/reset-password/',
  'email-verification': '/verify-email/'
}

export interface Addressee {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly locale: string | null
}

export interface LinkMail {
  readonly purpose: LinkPurpose
  /** Scheme, host and port of the school. */
  readonly origin: string
  /** Who caused it; null for the school itself. */
  readonly from: { readonly id: string | null; readonly name: string } | null
}

/**
 * Sends everybody a link of their own, good once; it ends the ones of the same purpose sent before. Only digests stay.
 * @returns the links, in the order of the people
 */
export async function sendLinks(
  { tx, now, publishAll }: Pick<UserContext, 'tx' | 'now' | 'publishAll'>,
  people: readonly Addressee[],
  { purpose, origin, from }: LinkMail
): Promise<string[]> {
  if (people.length === 0) return []
  const school = await tx
    .selectFrom('user.tenant')
    .select(['name', 'locale', 'time_zone'])
    .where('id', '=', sql<string>`platform.tenant_id()`)
    .executeTakeFirstOrThrow()
  await tx
    .updateTable('user.secret_link')
    .set({ used_at: now })
    .where('user_id', '=', sql<string>`any (${people.map(({ id }) => id)})`)
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .execute()
  const expiresAt = new Date(now.getTime() + LIFETIME_MS[purpose])
  const sent = people.map((person) => ({ person, secret: newSecret() }))
  const rows = sent.map(({ person, secret }) => ({ digest: digest(secret), user_id: person.id }))
  await sql`
    insert into "user".secret_link (digest, user_id, purpose, created_by, created_at, expires_at)
    select digest, user_id, ${purpose}, ${from?.id ?? null}::uuid, ${now}, ${expiresAt}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (digest text, user_id uuid)`.execute(tx)
  const links = sent.map(({ secret }) => `${origin}${PATH[purpose]}${secret}`)
  await publishAll(
    MailRequested,
    sent.map(({ person, secret }) => ({
      template: purpose,
      to: person.email,
      name: person.name,
      locale: person.locale ?? school.locale,
      values: {
        link: `${origin}${PATH[purpose]}${secret}`,
        schoolName: school.name,
        expiresAt: expiresAt.toISOString(),
        timeZone: school.time_zone,
        ...(from ? { invitedBy: from.name } : {})
      }
    }))
  )
  return links
}

/** Whose link it is; undefined where it is used, replaced, too old or was never sent. */
export const readLink = ({ tx, now }: Pick<UserContext, 'tx' | 'now'>, token: string, purpose: LinkPurpose) =>
  tx
    .selectFrom('user.secret_link as link')
    .innerJoin('user.person as person', 'person.id', 'link.user_id')
    .leftJoin('user.person as sender', 'sender.id', 'link.created_by')
    .select(['link.expires_at as expiresAt', 'sender.name as senderName'])
    .select(['person.id', 'person.name', 'person.email', 'person.role', 'person.operator'])
    .where('link.digest', '=', digest(token))
    .where('link.purpose', '=', purpose)
    .where('link.used_at', 'is', null)
    .where('link.expires_at', '>', sql<string>`${now}`)
    .where('person.deactivated_at', 'is', null)
    .executeTakeFirst()

/** Uses a link up; of two requests at once only one succeeds. @throws auth.link-invalid */
export async function useLink(
  { tx, now }: Pick<UserContext, 'tx' | 'now'>,
  token: string,
  purpose: LinkPurpose
): Promise<void> {
  await tx
    .updateTable('user.secret_link')
    .set({ used_at: now })
    .where('digest', '=', digest(token))
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<string>`${now}`)
    .returning('digest')
    .executeTakeFirstOrThrow(() => LinkInvalid())
}

/** Ends the links of a person that nobody has used. */
export async function endLinks({ tx, now }: Pick<UserContext, 'tx' | 'now'>, userId: string): Promise<void> {
  await tx
    .updateTable('user.secret_link')
    .set({ used_at: now })
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .execute()
}
