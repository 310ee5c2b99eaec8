import { randomBytes } from 'node:crypto'
import type { Clock } from '@lyceum/platform/clock'
import type { Database } from '@lyceum/platform/database'
import { newId } from '@lyceum/platform/id'
import { inInstallation, moveIntoTenant } from '@lyceum/platform/installation-db'
import { publishAll } from '@lyceum/platform/outbox'
import type { Tables } from '../context.ts'
import { createPeople } from '../person/create-people.ts'
import { hashPassword } from '../person/password.ts'
import { announceTenants, keepHosts } from './tenant.ts'

export interface SyntheticPerson {
  readonly email: string
  readonly password: string
}

export interface SyntheticSchool {
  readonly tenantId: string
  readonly host: string
  readonly teacher: SyntheticPerson
  readonly learner: SyntheticPerson
}

/** A school of people who do not exist, for trying a release out; no list and no report of the installation has it. */
export async function makeSyntheticSchool({
  database,
  clock
}: {
  readonly database: Database
  readonly clock: Clock
}): Promise<SyntheticSchool> {
  const tenantId = newId()
  const slug = `probe-${tenantId.slice(-12)}`
  // Reserved by RFC 2606: mail to it goes nowhere and nobody can own it.
  const host = `${slug}.invalid`
  const newPerson = (role: 'teacher' | 'learner') => ({
    role,
    email: `${role}@${host}`,
    password: randomBytes(18).toString('base64url')
  })
  const people = [newPerson('teacher'), newPerson('learner')] as const
  const now = clock.now()
  const made = await Promise.all(
    people.map(async ({ role, email, password }) => ({
      name: `Synthetic ${role}`,
      email,
      role,
      passwordHash: await hashPassword(password),
      active: true,
      emailVerified: true
    }))
  )
  await inInstallation<Tables, void>(database, async (tx) => {
    await tx
      .insertInto('user.tenant')
      .values({ id: tenantId, slug, name: 'Synthetic school', created_at: now, synthetic: true })
      .execute()
    await keepHosts(tx, tenantId, [host])
    await announceTenants(tx)
    await moveIntoTenant(tx, { tenantId, role: 'lyceum_user' })
    await createPeople({ tx, now, publishAll: (event, payloads) => publishAll(tx, now, event, payloads) }, made)
  })
  const [teacher, learner] = people
  return { tenantId, host, teacher, learner }
}
