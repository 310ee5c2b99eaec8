import type { Given, UserContext } from '../context.ts'
import { readName } from '../person/person.ts'
import { announceSchool } from '../school/school-cache.ts'
import { type IdentityProvider, ProviderNotFound, ProviderStale, readProvider, sealPlace } from './identity-provider.ts'
import type { Seal } from './seal.ts'

/** An empty client secret removes it. @throws identity-provider.not-found, identity-provider.stale */
export const updateIdentityProvider =
  (seal: Seal) =>
  async (
    context: UserContext,
    { providerId, name, clientId, clientSecret, createAccounts, enabled }: Given<'updateIdentityProvider'>
  ): Promise<IdentityProvider> => {
    const { tx, tenantId, expectedVersion } = context
    const { version } = await tx
      .selectFrom('user.identity_provider')
      .select('version')
      .where('id', '=', providerId)
      .forUpdate()
      .executeTakeFirstOrThrow(() => ProviderNotFound())
    if (version !== expectedVersion) throw ProviderStale(version)
    const sealed = clientSecret?.trim() ? seal.close(clientSecret.trim(), sealPlace(tenantId, providerId)) : null
    await tx
      .updateTable('user.identity_provider')
      .set({
        ...(name === undefined ? {} : { name: readName(name) }),
        ...(clientId === undefined ? {} : { client_id: readName(clientId, '/clientId') }),
        ...(clientSecret === undefined ? {} : { client_secret: sealed }),
        ...(createAccounts === undefined ? {} : { create_accounts: createAccounts }),
        ...(enabled === undefined ? {} : { enabled }),
        version: version + 1
      })
      .where('id', '=', providerId)
      .execute()
    await announceSchool(tx)
    return readProvider(context, providerId)
  }
