import type { UserContext } from '../context.ts'
import { type IdentityProvider, providerColumns } from './identity-provider.ts'

export async function listIdentityProviders({ tx }: UserContext, _: object): Promise<{ entries: IdentityProvider[] }> {
  const entries = await tx
    .selectFrom('user.identity_provider')
    .select(providerColumns)
    .orderBy('name')
    .orderBy('id')
    .execute()
  return { entries }
}
