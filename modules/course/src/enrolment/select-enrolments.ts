import type { Tx } from '@lyceum/platform/transaction'
import { sql } from 'kysely'
import type { Tables } from '../context.ts'
import type { Enrolment } from '../contract.ts'

/** Enrolments that have not ended, as the contract shows them. */
export const selectEnrolments = (tx: Tx<Tables>) =>
  tx
    .selectFrom('course.enrolment as enrolment')
    .innerJoin('course.person as person', 'person.user_id', 'enrolment.user_id')
    .innerJoin('course.course as course', 'course.id', 'enrolment.course_id')
    .select([
      'enrolment.id',
      'enrolment.course_id as courseId',
      'enrolment.user_id as userId',
      'person.name',
      'person.email',
      'enrolment.role',
      sql<Enrolment['status']>`case when person.active then 'active' else 'invited' end`.as('status'),
      'enrolment.enrolled_at as enrolledAt',
      'enrolment.last_seen_at as lastSeenAt',
      'enrolment.completed_items as completed',
      'course.required_items as total',
      'enrolment.completed_at as completedAt',
      'enrolment.observes'
    ])
    .where('enrolment.ended_at', 'is', null)

/** What a person typed into a search field, as a pattern that matches anywhere and takes every sign literally. */
export const containing = (text: string): string => `%${text.trim().replace(/[\\%_]/g, '\\$&')}%`
