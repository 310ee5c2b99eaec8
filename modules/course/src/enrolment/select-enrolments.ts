import type { Tx } from '@lyceum/platform/transaction'
import { type RawBuilder, sql } from 'kysely'
import type { Tables } from '../context.ts'
import type { Enrolment } from '../contract.ts'

/**
 * Enrolments that have not ended, as the contract shows them. Whoever's name is still on its way here is shown without one
 * rather than left out.
 */
export const selectEnrolments = (tx: Tx<Tables>) =>
  tx
    .selectFrom('course.enrolment as enrolment')
    .leftJoin('course.person as person', 'person.user_id', 'enrolment.user_id')
    .innerJoin('course.course as course', 'course.id', 'enrolment.course_id')
    .select([
      'enrolment.id',
      'enrolment.course_id as courseId',
      'enrolment.user_id as userId',
      sql<string>`coalesce(person.name, '')`.as('name'),
      sql<string>`coalesce(person.email, '')`.as('email'),
      'enrolment.role',
      sql<Enrolment['status']>`case when person.active is false then 'invited' else 'active' end`.as('status'),
      'enrolment.enrolled_at as enrolledAt',
      'enrolment.last_seen_at as lastSeenAt',
      'enrolment.completed_items as completed',
      'course.required_items as total',
      'enrolment.completed_at as completedAt',
      'enrolment.observes'
    ])
    .where('enrolment.ended_at', 'is', null)

/** What lists of people are sorted by, from a name or from the table aliased `person`. */
export const nameKey = (name: string | RawBuilder<unknown> = sql`coalesce(person.name, '')`) => sql`lower(${name})`

/** What a person typed into a search field, as a pattern that matches anywhere and takes every sign literally. */
export const containing = (text: string): string => `%${text.trim().replace(/[\\%_]/g, '\\$&')}%`
