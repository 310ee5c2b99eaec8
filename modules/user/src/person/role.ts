import type { SchoolRole } from '../contract.ts'

/** What each role may do in the whole school; what a person may do in one course comes from the enrolment there. */
const PERMISSIONS: Readonly<Record<SchoolRole, readonly string[]>> = {
  administrator: [
    'school:manage',
    'people:read',
    'people:manage',
    'courses:manage',
    'course:author',
    'calendar:manage',
    'mail:read',
    'system:read',
    'system:manage'
  ],
  teacher: ['course:author', 'people:read'],
  assistant: ['people:read'],
  learner: [],
  observer: []
}

export const OPERATOR_PERMISSIONS: readonly string[] = ['operator:tenants', 'operator:releases']

/** Every permission of a person, in one place. */
export const permissionsOf = (role: SchoolRole, operator: boolean): readonly string[] =>
  operator ? [...PERMISSIONS[role], ...OPERATOR_PERMISSIONS] : PERMISSIONS[role]

/** Every permission there is, for explaining what somebody lacks. */
export const allPermissions: readonly string[] = [
  ...new Set([...Object.values(PERMISSIONS).flat(), ...OPERATOR_PERMISSIONS])
]

/** The roles that have a permission, most powerful first. */
export const rolesWith = (permission: string): SchoolRole[] =>
  (['administrator', 'teacher', 'assistant', 'learner', 'observer'] as const).filter((role) =>
    PERMISSIONS[role].includes(permission)
  )
