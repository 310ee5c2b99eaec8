import { defineError, invalidFields } from '@lyceum/platform/errors'
import { type ExpressionBuilder, sql } from 'kysely'
import type { Static } from 'typebox'
import type { Tables, UserContext } from '../context.ts'
import type { Me, Person, PersonChanged, SchoolRole } from '../contract.ts'
import { permissionsOf } from './role.ts'

export const PersonNotFound = defineError(
  'user.person-not-found',
  'not-found',
  () => 'There is no such person in this school.'
)
export const EmailTaken = defineError(
  'user.email-taken',
  'conflict',
  (email: string) => `${email} already has an account here.`,
  () => ({ errors: [{ field: '/email', code: 'taken', message: 'already has an account here' }] })
)
export const PersonStale = defineError(
  'user.person-stale',
  'stale',
  (_version: number) => 'Somebody changed this person meanwhile. Look at the new values and decide again.',
  (version) => ({ facts: { version } })
)

/** A name as it was typed, without the blanks around it. @throws request.invalid where nothing is left */
export function readName(name: string, field = '/name'): string {
  const trimmed = name.trim()
  if (trimmed === '') throw invalidFields([{ field, code: 'blank', message: 'Type a name.' }])
  return trimmed
}

/** One account per address: the case of the local part is ignored, as every large mail host does. */
export const emailKey = (email: string): string => email.trim().normalize('NFC').toLowerCase()

/** The columns of a `Person` as the contract promises them. */
export const personColumns = (eb: ExpressionBuilder<Tables, 'user.person'>) =>
  [
    'id',
    'name',
    'email',
    'role',
    sql<
      Person['status']
    >`case when deactivated_at is not null then 'deactivated' when activated_at is null then 'invited' else 'active' end`.as(
      'status'
    ),
    eb('email_verified_at', 'is not', null).$castTo<boolean>().as('emailVerified'),
    'locale',
    'time_zone as timeZone',
    'last_active_at as lastActiveAt',
    'created_at as createdAt',
    'version'
  ] as const

export const toMe = (person: Person & { readonly operator: boolean }): Me => ({
  ...person,
  permissions: [...permissionsOf(person.role, person.operator)]
})

/** What the other modules hear of a person. */
export const whatChanged = ({
  id,
  name,
  email,
  role,
  status,
  locale
}: Person): Static<typeof PersonChanged.payload> => ({
  userId: id,
  name,
  email,
  role,
  status,
  locale
})

export interface Account {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: SchoolRole
  readonly operator: boolean
}

/** One person as the contract shows them. @throws user.person-not-found */
export const readPerson = ({ tx }: Pick<UserContext, 'tx'>, userId: string): Promise<Person> =>
  tx
    .selectFrom('user.person')
    .select(personColumns)
    .where('id', '=', userId)
    .executeTakeFirstOrThrow(() => PersonNotFound())
