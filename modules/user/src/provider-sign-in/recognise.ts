import { defineError } from '@lyceum/platform/errors'
import { sql } from 'kysely'
import type { UserContext } from '../context.ts'
import { PersonChanged } from '../contract.ts'
import { createPeople } from '../person/create-people.ts'
import { type Account, emailKey, PersonNotFound, readPerson, whatChanged } from '../person/person.ts'
import { endLinks } from '../secret-link/secret-link.ts'
import { endSignIns } from '../sign-in/end-sign-ins.ts'
import { AccountDeactivated } from '../sign-in/sign-in-with-password.ts'

const EmailUnverified = defineError(
  'auth.email-unverified',
  'forbidden',
  () => 'The provider has not verified your e-mail address. Verify it there, then try again.'
)
const AccountUnknown = defineError(
  'auth.account-unknown',
  'forbidden',
  () => 'You have no account in this school. Ask an administrator for an invitation.'
)
const OperatorRefused = defineError(
  'auth.operator-refused',
  'forbidden',
  () => 'Operators of the installation sign in with their password: a school’s provider cannot vouch for them.'
)

/** Who somebody is at a provider, after everything it said was checked. */
export interface Identity {
  readonly subject: string
  readonly email: string | null
  readonly emailVerified: boolean
  readonly name: string | null
}

/**
 * The account of somebody a provider vouches for: the one they had here before, else the one of their verified address,
 * else a new one where the school wants that.
 * @throws auth.email-unverified, auth.account-unknown, auth.account-deactivated, auth.operator-refused
 */
export async function recognise(
  context: UserContext,
  provider: { readonly id: string; readonly createAccounts: boolean },
  identity: Identity
): Promise<Account> {
  const { tx, now } = context
  const linked = await tx
    .selectFrom('user.identity')
    .select('user_id')
    .where('provider_id', '=', provider.id)
    .where('subject', '=', identity.subject)
    .executeTakeFirst()
  const userId = linked?.user_id ?? (await matchOrMake(context, provider, identity))
  const account = await tx
    .selectFrom('user.person')
    .select(['id', 'name', 'email', 'role', 'operator', 'deactivated_at'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow(() => PersonNotFound())
  if (account.deactivated_at !== null) throw AccountDeactivated()
  if (account.operator) throw OperatorRefused()
  if (!linked) {
    await tx
      .insertInto('user.identity')
      .values({ provider_id: provider.id, subject: identity.subject, user_id: userId, created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  return account
}

async function matchOrMake(
  context: UserContext,
  { createAccounts }: { readonly createAccounts: boolean },
  { email, emailVerified, name }: Identity
): Promise<string> {
  if (email === null || !emailVerified) throw EmailUnverified()
  const known = await takeOver(context, email)
  if (known !== undefined) return known
  if (!createAccounts) throw AccountUnknown()
  const [made] = await createPeople(context, [
    {
      name: name?.trim().slice(0, 200) || (email.split('@')[0] ?? email),
      email,
      role: 'learner',
      active: true,
      emailVerified: true
    }
  ])
  if (!made) throw AccountUnknown()
  return made.id
}

/** The account of this address, which the provider proves to be theirs: whoever waited to accept is in. */
async function takeOver(context: UserContext, email: string): Promise<string | undefined> {
  const { tx, now, publish } = context
  const found = await tx
    .selectFrom('user.person')
    .select(['id', 'activated_at', 'email_verified_at', 'deactivated_at', 'operator'])
    .where('email_key', '=', emailKey(email))
    .forUpdate()
    .executeTakeFirst()
  if (!found || found.deactivated_at !== null || found.operator) return found?.id
  if (found.email_verified_at === null && found.activated_at !== null) {
    // Whoever signed up with this address never showed that it is theirs; now its owner is here and the password goes.
    await tx.updateTable('user.person').set({ password_hash: null }).where('id', '=', found.id).execute()
    await endSignIns(context, { userId: found.id, because: 'the address was somebody else’s' })
  }
  if (found.email_verified_at === null || found.activated_at === null) {
    await tx
      .updateTable('user.person')
      .set((eb) => ({
        activated_at: sql`coalesce(activated_at, ${now})`,
        email_verified_at: sql`coalesce(email_verified_at, ${now})`,
        version: eb('version', '+', 1)
      }))
      .where('id', '=', found.id)
      .execute()
    await endLinks(context, found.id)
    await publish(PersonChanged, whatChanged(await readPerson(context, found.id)))
  }
  return found.id
}
