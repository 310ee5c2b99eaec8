import { defineError } from '@lyceum/platform/errors'
import { inSteps } from '@lyceum/platform/module'
import { sql } from 'kysely'
import type { Given, UserContext, UserSteps } from '../context.ts'
import type { Person } from '../contract.ts'
import { schoolOrigin } from '../secret-link/origin.ts'
import { type LinkPurpose, sendLinks } from '../secret-link/secret-link.ts'
import { createPeople } from './create-people.ts'
import { checkPassword, hashPassword } from './password.ts'
import { emailKey, personColumns } from './person.ts'

const AdministratorRefused = defineError(
  'user.administrator-refused',
  'forbidden',
  () => 'Only an administrator makes somebody an administrator. Choose another role, or ask one of yours.'
)

type Ensured = Person & { created: boolean }

/**
 * Finds accounts by address and makes the missing ones: up to 20,000 in a handful of statements. Known accounts come back
 * as they are. New ones are invited by mail; or with `password` they are active at once and asked to confirm the address;
 * or with neither they wait until somebody sends the invitation.
 */
export const ensurePeople = (publicUrl: string) =>
  inSteps(
    async (
      { transact, caller }: UserSteps,
      { people, invite, password }: Given<'ensurePeople'>
    ): Promise<{ people: Ensured[] }> => {
      const byKey = new Map(people.map((person) => [emailKey(person.email), person]))
      const mayRaise = caller.userId === null ? caller.internal : caller.permissions.includes('people:manage')
      const [first] = people
      if (password !== undefined && first) await checkPassword(password, first)
      const passwordHash = password === undefined ? null : await hashPassword(password)
      return transact(async (context) => {
        const known = await findByKey(context, [...byKey.keys()])
        const missing = [...byKey].filter(([key]) => !known.has(key)).map(([, person]) => person)
        if (!mayRaise && missing.some(({ role }) => role === 'administrator')) throw AdministratorRefused()
        const created = await createPeople(
          context,
          missing.map((person) => ({ ...person, passwordHash, active: password !== undefined }))
        )
        const purpose: LinkPurpose | null = password !== undefined ? 'email-verification' : invite ? 'invitation' : null
        if (purpose !== null && created.length > 0) {
          await sendLinks(context, created, {
            purpose,
            origin: await schoolOrigin(context, publicUrl),
            from: caller.userId === null ? null : { id: caller.userId, name: caller.name }
          })
        }
        const made = new Map(created.map((person) => [emailKey(person.email), person]))
        // Whoever is in neither was made by somebody else between the two statements.
        const late = [...byKey.keys()].filter((key) => !known.has(key) && !made.has(key))
        const found = late.length === 0 ? known : new Map([...known, ...(await findByKey(context, late))])
        return {
          people: [...byKey.keys()].flatMap((key): Ensured[] => {
            const fresh = made.get(key)
            if (fresh) return [{ ...fresh, created: true }]
            const old = found.get(key)
            return old ? [{ ...old, created: false }] : []
          })
        }
      })
    }
  )

async function findByKey({ tx }: UserContext, keys: readonly string[]): Promise<Map<string, Person>> {
  const rows = await tx
    .selectFrom('user.person')
    .select(personColumns)
    .where('email_key', '=', sql<string>`any (${keys})`)
    .execute()
  return new Map(rows.map((person) => [emailKey(person.email), person]))
}
