import type { EnrolmentRole } from '@lyceum/course/contract'
import { useTranslation } from 'react-i18next'

const roles = ['teacher', 'assistant', 'learner', 'observer'] as const satisfies readonly EnrolmentRole[]

/** Nobody becomes a teacher by a link that can be passed on. */
export const rolesByLink = ['learner', 'assistant', 'observer'] as const satisfies readonly EnrolmentRole[]

/** The roles of a course in words, for a list to choose from. */
export function useRoleOptions(of: readonly EnrolmentRole[] = roles) {
  const { t } = useTranslation('people')
  return of.map((value) => ({ value, label: t(`roles.${value}`) }))
}

export const isRole = (text: string): text is EnrolmentRole => roles.some((role) => role === text)
