import { defineJob } from '@lyceum/platform/module'
import { sql } from 'kysely'
import Type from 'typebox'
import type { UserJob } from '../context.ts'

export const ExpireOld = defineJob('user.expire-old', Type.Object({}))

const DAY_MS = 24 * 60 * 60 * 1000

/** Forgets what serves nothing any more: links, guesses, revocations, sign-ins that ended 90 days ago. */
export const expireOld = ({ transact }: UserJob): Promise<void> =>
  transact(async ({ tx, now }) => {
    const daysAgo = (days: number) => sql<string>`${new Date(now.getTime() - days * DAY_MS)}`
    // A link is kept some days after its end, for whoever asks what became of it.
    await tx
      .deleteFrom('user.secret_link')
      .where((eb) => eb.or([eb('used_at', '<', daysAgo(7)), eb('expires_at', '<', daysAgo(7))]))
      .execute()
    await tx.deleteFrom('user.throttle').where('last_at', '<', daysAgo(1)).execute()
    // Kept longer than they count, because a clock that ran ahead may be put back.
    await tx.deleteFrom('user.revocation').where('expires_at', '<', daysAgo(7)).execute()
    await tx.deleteFrom('user.provider_sign_in').where('expires_at', '<', daysAgo(0)).execute()
    await tx
      .deleteFrom('user.sign_in')
      .where((eb) => eb.or([eb('ended_at', '<', daysAgo(90)), eb('expires_at', '<', daysAgo(90))]))
      .execute()
  })
