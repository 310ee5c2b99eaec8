import { defineError } from '@lyceum/platform/errors'
import type { UserContext } from '../context.ts'
import { type Person, PersonChanged, type SchoolRole } from '../contract.ts'
import { createPeople } from '../person/create-people.ts'
import { emailKey, PersonNotFound, readPerson, whatChanged } from '../person/person.ts'
import { originAt } from '../secret-link/origin.ts'
import { sendLinks } from '../secret-link/secret-link.ts'

const Locked = defineError(
  'user.account-locked',
  'conflict',
  (email: string) => `The account of ${email} is locked. An administrator of the school can unlock it.`
)

export type { UserContext } from '../context.ts'

type Hand = Pick<UserContext, 'tx' | 'now' | 'publish' | 'publishAll'>

export interface HandedLink {
  readonly userId: string
  readonly purpose: 'invitation' | 'password-reset'
  /** Good once. It was sent by mail too; here it is for handing over when mail does not arrive. */
  readonly link: string
}

/** What whoever has the machine can do for people who cannot get in. Runs inside the school, for the installation. */
export async function inviteByHand(
  context: Hand,
  publicUrl: string,
  { name, email, role }: { readonly name: string; readonly email: string; readonly role: SchoolRole }
): Promise<HandedLink> {
  const known = await findByEmail(context, email)
  if (known) return linkByHand(context, publicUrl, email)
  await createPeople(context, [{ name, email, role, active: false }])
  return linkByHand(context, publicUrl, email)
}

/**
 * A link that lets a person in: to a new password, or to the invitation where none was accepted yet.
 * @throws user.person-not-found, user.account-locked
 */
export async function linkByHand(context: Hand, publicUrl: string, email: string): Promise<HandedLink> {
  const person = await findByEmail(context, email)
  if (!person) throw PersonNotFound()
  if (person.status === 'deactivated') throw Locked(email)
  const purpose = person.status === 'invited' ? 'invitation' : 'password-reset'
  const hosts = await context.tx.selectFrom('user.tenant_host').select('host').orderBy('host').execute()
  const origin = originAt(
    publicUrl,
    hosts.map(({ host }) => host)
  )
  const [link] = await sendLinks(context, [person], { purpose, origin, from: null })
  if (link === undefined) throw PersonNotFound()
  return { userId: person.id, purpose, link }
}

/** Puts a person above schools, or back; counts from the next refresh of their sign-in. @throws user.person-not-found */
export async function setOperatorByHand(context: Hand, email: string, operator: boolean): Promise<Person> {
  const person = await findByEmail(context, email)
  if (!person) throw PersonNotFound()
  await context.tx
    .updateTable('user.person')
    .set((eb) => ({ operator, version: eb('version', '+', 1) }))
    .where('id', '=', person.id)
    .execute()
  const after = await readPerson(context, person.id)
  await context.publish(PersonChanged, whatChanged(after))
  return after
}

async function findByEmail(context: Hand, email: string): Promise<Person | undefined> {
  const row = await context.tx
    .selectFrom('user.person')
    .select('id')
    .where('email_key', '=', emailKey(email))
    .executeTakeFirst()
  return row && readPerson(context, row.id)
}

/** Who acts where nobody is named: the first active administrator, else undefined. */
export async function firstAdministrator({ tx }: Pick<Hand, 'tx'>): Promise<string | undefined> {
  const row = await tx
    .selectFrom('user.person')
    .select('email')
    .where('role', '=', 'administrator')
    .where('activated_at', 'is not', null)
    .where('deactivated_at', 'is', null)
    .orderBy('id')
    .executeTakeFirst()
  return row?.email
}

/** What an access token of this person is made out to. @throws user.person-not-found, user.account-locked */
export async function bearerByEmail({ tx }: Pick<Hand, 'tx'>, email: string) {
  const person = await tx
    .selectFrom('user.person')
    .select(['id as userId', 'name', 'role', 'operator', 'deactivated_at as deactivatedAt'])
    .where('email_key', '=', emailKey(email))
    .executeTakeFirstOrThrow(() => PersonNotFound())
  if (person.deactivatedAt !== null) throw Locked(email)
  const { userId, name, role, operator } = person
  return { userId, name, role, operator }
}
