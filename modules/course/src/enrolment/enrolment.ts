import { defineError } from '@lyceum/platform/errors'
import type { SchoolRole } from '@lyceum/user/contract'
import type { EnrolmentRole } from '../contract.ts'

export const EnrolmentNotFound = defineError(
  'enrolment.not-found',
  'not-found',
  () => 'This person is not in the course any more. Reload the list; you can enrol them again.'
)
export const LastTeacher = defineError(
  'enrolment.last-teacher',
  'conflict',
  (title: string) => `“${title}” would be left without a teacher. Make somebody else its teacher first.`
)
export const ObservedNotLearner = defineError(
  'enrolment.observed-not-learner',
  'invalid',
  () => 'An observer can follow learners of this course only. Enrol them as learners first.',
  () => ({ errors: [{ field: '/observes', code: 'not-learner', message: 'must be learners of this course' }] })
)

/**
 * What a person enrolled by e-mail becomes in the school when there is no account yet. A course never gives powers over
 * the school: a new co-teacher teaches by enrolment, and an administrator may raise the account later.
 */
export const accountRoleFor = (role: EnrolmentRole): SchoolRole => (role === 'observer' ? 'observer' : 'learner')

/** A name for an account whose owner nobody named; they correct it when they accept. */
export const nameFromEmail = (email: string): string => email.split('@')[0] || email
