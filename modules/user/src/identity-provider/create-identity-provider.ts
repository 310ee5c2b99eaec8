import { type FieldError, invalidFields } from '@lyceum/platform/errors'
import { newId } from '@lyceum/platform/id'
import { inSteps } from '@lyceum/platform/module'
import type { Given, UserSteps } from '../context.ts'
import { readName } from '../person/person.ts'
import { announceSchool } from '../school/school-cache.ts'
import { type IdentityProvider, readProvider, sealPlace } from './identity-provider.ts'
import type { OpenIdClients } from './openid-clients.ts'
import type { Seal } from './seal.ts'

/** @throws request.invalid, identity-provider.issuer-refused */
export const createIdentityProvider = (clients: OpenIdClients, seal: Seal) =>
  inSteps(
    async ({ transact, tenantId }: UserSteps, given: Given<'createIdentityProvider'>): Promise<IdentityProvider> => {
      const { kind, createAccounts } = given
      const faults = kind === 'oidc' ? oidcFaults(given) : firebaseFaults(given)
      if (faults.length > 0) throw invalidFields(faults)
      const { issuer = '', clientId = '', projectId } = given
      const clientSecret = given.clientSecret?.trim() || null
      if (kind === 'oidc') await clients.discover(issuer.trim(), clientId.trim(), clientSecret)
      const id = newId()
      return transact(async (context) => {
        await context.tx
          .insertInto('user.identity_provider')
          .values({
            id,
            kind,
            name: readName(given.name),
            create_accounts: createAccounts,
            created_at: context.now,
            ...(kind === 'firebase'
              ? { project_id: projectId?.trim() ?? null }
              : {
                  issuer: issuer.trim(),
                  client_id: clientId.trim(),
                  client_secret: clientSecret === null ? null : seal.close(clientSecret, sealPlace(tenantId, id))
                })
          })
          .execute()
        await announceSchool(context.tx)
        return readProvider(context, id)
      })
    }
  )

const oidcFaults = ({ issuer, clientId }: Given<'createIdentityProvider'>): FieldError[] => [
  ...(issuer?.trim()
    ? []
    : [{ field: '/issuer', code: 'required', message: 'OpenID Connect needs the issuer’s address.' }]),
  ...(clientId?.trim() ? [] : [{ field: '/clientId', code: 'required', message: 'OpenID Connect needs a client id.' }])
]

/** Project ids as Google makes them: they become part of an address. */
const firebaseFaults = ({ projectId }: Given<'createIdentityProvider'>): FieldError[] =>
  /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(projectId?.trim() ?? '')
    ? []
    : [
        {
          field: '/projectId',
          code: 'not-a-project',
          message: 'Firebase needs the project’s id, such as my-school-1a2b3.'
        }
      ]
