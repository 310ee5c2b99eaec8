import { defineJob } from '@lyceum/platform/module'
import Type from 'typebox'
import type { UserJob } from '../context.ts'
import { sealPlace } from './identity-provider.ts'
import type { Seal } from './seal.ts'

export const RenewSeals = defineJob('user.renew-seals', Type.Object({}))

/** After TOKEN_SECRET was exchanged: client secrets that the key before has sealed are sealed with the new one. */
export const renewSeals =
  (seal: Seal) =>
  ({ tenantId, transact }: UserJob): Promise<void> =>
    transact(async ({ tx }) => {
      const providers = await tx
        .selectFrom('user.identity_provider')
        .select(['id', 'client_secret'])
        .where('client_secret', 'is not', null)
        .forUpdate()
        .execute()
      for (const { id, client_secret } of providers) {
        const renewed = client_secret === null ? undefined : seal.renew(client_secret, sealPlace(tenantId, id))
        // The version stays: nobody who edits the provider would see a difference.
        if (renewed !== undefined)
          await tx.updateTable('user.identity_provider').set({ client_secret: renewed }).where('id', '=', id).execute()
      }
    })
