import type { Person, SchoolRole } from '@lyceum/user/contract'
import { useTranslation } from 'react-i18next'

const roles = ['administrator', 'teacher', 'assistant', 'learner', 'observer'] as const satisfies readonly SchoolRole[]
const statuses = ['active', 'invited', 'deactivated'] as const satisfies readonly Person['status'][]

export const roleOf = (text: string | null | undefined): SchoolRole | undefined => roles.find((one) => one === text)
export const statusOf = (text: string | null | undefined): Person['status'] | undefined =>
  statuses.find((one) => one === text)

/** The roles of a school in words, for a list to choose from. */
export function useRoleOptions() {
  const { t } = useTranslation('admin')
  return roles.map((value) => ({ value, label: t(`roles.${value}`) }))
}

export function useStatusOptions() {
  const { t } = useTranslation('ui')
  return statuses.map((value) => ({ value, label: t(`status.${value}`) }))
}
