import type { Static } from 'typebox'
import type { Given, UserContext } from '../context.ts'
import type { Explanation } from '../contract.ts'
import { PersonNotFound } from './person.ts'
import { allPermissions, OPERATOR_PERMISSIONS, permissionsOf, rolesWith } from './role.ts'

/** Every permission there is, whether a person has it, and what decides that. */
export async function explainPermissions(
  { tx }: UserContext,
  { userId }: Given<'explainPermissions'>
): Promise<{ permissions: Static<typeof Explanation>[] }> {
  const { role, operator, deactivated_at } = await tx
    .selectFrom('user.person')
    .select(['role', 'operator', 'deactivated_at'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow(() => PersonNotFound())
  const held = permissionsOf(role, operator)
  return {
    permissions: allPermissions.map((permission) => {
      if (deactivated_at !== null) return { permission, granted: false, because: 'account is locked' }
      const granted = held.includes(permission)
      if (OPERATOR_PERMISSIONS.includes(permission))
        return { permission, granted, because: granted ? 'operator of the installation' : 'only for operators' }
      const roles = rolesWith(permission).join(', ')
      return { permission, granted, because: granted ? `role ${role}` : `role ${role}; needs ${roles}` }
    })
  }
}
