import { defineError } from '@lyceum/platform/errors'
import type { EnrolmentRole } from '../contract.ts'

/** One answer for expired, used-up, deleted and made-up links: a stranger learns nothing from the difference. */
export const JoinLinkEnded = defineError(
  'join-link.ended',
  'not-found',
  () => 'This link does not work any more. Ask your teacher for a new one.'
)
export const JoinLinkNotFound = defineError(
  'join-link.not-found',
  'not-found',
  () => 'There is no such join link for you. Reload the list of links.'
)
const RoleNotByLink = defineError(
  'join-link.role-not-by-link',
  'invalid',
  () => 'Links can be passed on, so nobody becomes a teacher by one. Enrol teachers by their e-mail address.',
  () => ({ errors: [{ field: '/role', code: 'role-not-by-link', message: 'learner, observer or assistant' }] })
)
export const ExpiresInPast = defineError(
  'join-link.expires-in-past',
  'invalid',
  () => 'The link would have expired already. Choose a later moment.',
  () => ({ errors: [{ field: '/expiresAt', code: 'in-past', message: 'must be in the future' }] })
)
export const AccountExists = defineError(
  'join-link.account-exists',
  'conflict',
  () => 'There is an account with this e-mail address already. Sign in, then open the link again.'
)

export function mustBeGivenByLink(role: EnrolmentRole): void {
  if (role === 'teacher') throw RoleNotByLink()
}

export const joinUrl = (origin: string, token: string): string => `${origin}/join/${token}`
