import { defineError } from '@lyceum/platform/errors'
import type { UserContext } from '../context.ts'

const LastAdministrator = defineError(
  'user.last-administrator',
  'conflict',
  () => 'This is the last active administrator of the school. Make somebody else an administrator first.'
)

/**
 * A school must never be without somebody who can manage it. Locks the administrators, in one order, so that two who
 * demote each other at once cannot both succeed.
 * @throws user.last-administrator
 */
export async function mustLeaveAdministrator({ tx }: Pick<UserContext, 'tx'>, userId: string): Promise<void> {
  const active = await tx
    .selectFrom('user.person')
    .select('id')
    .where('role', '=', 'administrator')
    .where('activated_at', 'is not', null)
    .where('deactivated_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  if (active.length === 1 && active[0]?.id === userId) throw LastAdministrator()
}
