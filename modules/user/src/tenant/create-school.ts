import type { Clock } from '@lyceum/platform/clock'
import type { Database } from '@lyceum/platform/database'
import { newId } from '@lyceum/platform/id'
import { inInstallation, moveIntoTenant } from '@lyceum/platform/installation-db'
import { publishAll } from '@lyceum/platform/outbox'
import type { Tables } from '../context.ts'
import { createPeople } from '../person/create-people.ts'
import { checkPassword, hashPassword } from '../person/password.ts'
import { EmailTaken, readName } from '../person/person.ts'
import { originAt } from '../secret-link/origin.ts'
import { sendLinks } from '../secret-link/secret-link.ts'
import { announceTenants, keepHosts, readHosts, SlugTaken } from './tenant.ts'

export interface NewSchool {
  readonly name: string
  readonly slug: string
  /** The first administrator's invitation leads to the installation's own address if it is among them, else to the first. */
  readonly hosts: readonly string[]
  readonly locale?: string
  readonly timeZone?: string
  readonly selfSignUp?: boolean
  readonly administrator: {
    readonly name: string
    readonly email: string
    /** Makes the account active at once; without it the administrator is invited by mail. */
    readonly password?: string
    /** Whether this person stands above schools: may list and create them. */
    readonly operator?: boolean
  }
}

export interface MadeSchool {
  readonly tenantId: string
  readonly administratorId: string
  /** The administrator's invitation, for an installation that cannot send mail yet; null with a password. */
  readonly invitation: string | null
}

/**
 * Makes a school and its first administrator, both or neither: what the operator's screen, the command line and the demo
 * school do.
 * @param from who invites; null for the installation
 * @throws tenant.slug-taken, tenant.host-taken, user.password-refused, request.invalid
 */
export async function createSchool(
  { database, clock, publicUrl }: { readonly database: Database; readonly clock: Clock; readonly publicUrl: string },
  { name, slug, hosts: givenHosts, locale, timeZone, selfSignUp, administrator }: NewSchool,
  from: string | null = null
): Promise<MadeSchool> {
  const { password, operator } = administrator
  const hosts = readHosts(givenHosts)
  if (password !== undefined) await checkPassword(password, administrator)
  const passwordHash = password === undefined ? null : await hashPassword(password)
  const now = clock.now()
  const tenantId = newId()
  return inInstallation<Tables, MadeSchool>(database, async (tx) => {
    await tx
      .insertInto('user.tenant')
      .values({
        id: tenantId,
        slug,
        name: readName(name),
        created_at: now,
        ...(locale === undefined ? {} : { locale }),
        ...(timeZone === undefined ? {} : { time_zone: timeZone }),
        ...(selfSignUp === undefined ? {} : { self_sign_up: selfSignUp })
      })
      .onConflict((conflict) => conflict.column('slug').doNothing())
      .returning('id')
      .executeTakeFirstOrThrow(() => SlugTaken(slug))
    await keepHosts(tx, tenantId, hosts)
    await announceTenants(tx)
    await moveIntoTenant(tx, { tenantId, role: 'lyceum_user' })
    const context = {
      tx,
      now,
      publishAll: <E extends Parameters<typeof publishAll>[2]>(
        event: E,
        payloads: Parameters<typeof publishAll<Tables, E>>[3]
      ) => publishAll(tx, now, event, payloads)
    }
    const [person] = await createPeople(context, [
      {
        name: administrator.name,
        email: administrator.email,
        role: 'administrator',
        passwordHash,
        active: password !== undefined,
        emailVerified: password !== undefined,
        operator: operator ?? false
      }
    ])
    if (!person) throw EmailTaken(administrator.email)
    const [invitation] =
      password === undefined
        ? await sendLinks(context, [person], {
            purpose: 'invitation',
            origin: originAt(publicUrl, hosts),
            from: from === null ? null : { id: null, name: from }
          })
        : []
    return { tenantId, administratorId: person.id, invitation: invitation ?? null }
  })
}
