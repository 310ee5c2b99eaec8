import { defineError } from '@lyceum/platform/errors'
import { type ExpressionBuilder, sql } from 'kysely'
import type { Tables } from '../context.ts'
import type { Me, Person, SchoolRole } from '../contract.ts'
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

export interface Account {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: SchoolRole
  readonly operator: boolean
}
