import { newId } from '@lyceum/platform/id'
import { sql } from 'kysely'
import type { UserContext } from '../context.ts'
import { type Person, PersonChanged, type SchoolRole } from '../contract.ts'
import { wordsOf } from './find-by-name.ts'
import { emailKey, personColumns, readName, whatChanged } from './person.ts'

export interface NewPerson {
  readonly name: string
  readonly email: string
  readonly role: SchoolRole
  readonly locale?: string | null
  readonly passwordHash?: string | null
  readonly operator?: boolean
  /** Whether the account can be used at once; otherwise it waits for its invitation to be accepted. */
  readonly active: boolean
  readonly emailVerified?: boolean
}

/** People whose words one statement keeps: a busy server must not reach the limit of time for a statement. */
const WORDS_AT_ONCE = 4_000

/**
 * Makes accounts in a few statements, whatever their number, and tells the other modules.
 * @returns those that were made; an address that has an account already is left out
 */
export async function createPeople(
  { tx, now, publishAll }: Pick<UserContext, 'tx' | 'now' | 'publishAll'>,
  people: readonly NewPerson[]
): Promise<Person[]> {
  if (people.length === 0) return []
  const rows = people.map(({ name, email, role, locale, passwordHash, operator, active, emailVerified }) => ({
    id: newId(),
    name: readName(name),
    email: email.trim(),
    email_key: emailKey(email),
    password_hash: passwordHash ?? null,
    role,
    operator: operator ?? false,
    locale: locale ?? null,
    activated_at: active ? now : null,
    email_verified_at: emailVerified ? now : null
  }))
  // In the order of the unique index, so that two imports of the same people wait for each other instead of deadlocking.
  const { rows: made } = await sql<{ id: string }>`
    insert into "user".person
      (id, name, email, email_key, password_hash, role, operator, locale, activated_at, email_verified_at, created_at)
    select id, name, email, email_key, password_hash, role, operator, locale, activated_at, email_verified_at, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (
      id uuid, name text, email text, email_key text, password_hash text, role text, operator boolean,
      locale text, activated_at timestamptz, email_verified_at timestamptz)
    order by email_key
    on conflict (tenant_id, email_key) do nothing
    returning id`.execute(tx)
  const created = await tx
    .selectFrom('user.person')
    .select(personColumns)
    .where('id', '=', sql<string>`any (${made.map(({ id }) => id)})`)
    .execute()
  await insertWords(tx, created)
  await publishAll(
    PersonChanged,
    created.map((person) => ({ ...whatChanged(person), isNew: true }))
  )
  return created
}

/** Keeps what somebody is found by in step with what they are called. */
export async function keepWords(
  { tx }: Pick<UserContext, 'tx'>,
  person: { readonly id: string; readonly name: string; readonly email: string }
): Promise<void> {
  await tx.deleteFrom('user.person_word').where('user_id', '=', person.id).execute()
  await insertWords(tx, [person])
}

async function insertWords(
  tx: UserContext['tx'],
  people: readonly { readonly id: string; readonly name: string; readonly email: string }[]
): Promise<void> {
  for (let start = 0; start < people.length; start += WORDS_AT_ONCE) {
    const some = people.slice(start, start + WORDS_AT_ONCE)
    const words = some.flatMap((person) => wordsOf(person).map((word) => ({ word, user_id: person.id })))
    await sql`
      insert into "user".person_word (word, user_id)
      select word, user_id from jsonb_to_recordset(${JSON.stringify(words)}::jsonb) as given (word text, user_id uuid)
      order by word`.execute(tx)
  }
}
