import type { Given, UserContext } from '../context.ts'
import { announceSchool } from '../school/school-cache.ts'
import { ProviderNotFound } from './identity-provider.ts'

/** People keep their accounts; they sign in another way, or reset their password. @throws identity-provider.not-found */
export async function deleteIdentityProvider(
  { tx }: UserContext,
  { providerId }: Given<'deleteIdentityProvider'>
): Promise<{ done: true }> {
  await tx.deleteFrom('user.provider_sign_in').where('provider_id', '=', providerId).execute()
  await tx
    .deleteFrom('user.identity_provider')
    .where('id', '=', providerId)
    .returning('id')
    .executeTakeFirstOrThrow(() => ProviderNotFound())
  await announceSchool(tx)
  return { done: true }
}
