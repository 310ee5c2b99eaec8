import { isIPv4 } from 'node:net'
import type { SecretClient } from '@azure/keyvault-secrets'
import { STORED_NAMES } from './names.ts'
import { codeOf, reasonOf, type SecretSource, SecretsRefused, type StoredSecret } from './source.ts'

/** Names in Key Vault have hyphens: `TOKEN_SECRET` is `TOKEN-SECRET`. */
const vaultName = (name: string): string => name.replaceAll('_', '-')

const SETTLED_MS = 10_000

const names = new Map(STORED_NAMES.map((name) => [vaultName(name).toUpperCase(), name]))

/** Azure Key Vault: a secret for each; older versions stay there as Key Vault keeps them. */
export function azureSource(url: string): SecretSource {
  let opened: Promise<SecretClient> | undefined
  const client = (): Promise<SecretClient> => {
    opened ??= open(url)
    return opened
  }
  /** What was read, by when it was changed: secrets are asked for once, their list at every look. */
  const known = new Map<string, string>()

  return {
    name: 'azure-key-vault',
    place: url,
    files: [],
    read: async () => {
      const found = new Map<string, StoredSecret>()
      try {
        const vault = await client()
        for await (const { name: given, enabled, updatedOn } of vault.listPropertiesOfSecrets()) {
          const name = names.get(given.toUpperCase())
          if (name === undefined || enabled === false) continue
          const key = `${name} ${updatedOn?.getTime() ?? ''}`
          const value = known.get(key) ?? (await vault.getSecret(given)).value
          if (value === undefined || value === '') continue
          // Its clock shows seconds: what was changed just now may change again within the same one.
          if (updatedOn && Date.now() - updatedOn.getTime() > SETTLED_MS) known.set(key, value)
          found.set(name, { value, changedAt: updatedOn ?? null })
        }
      } catch (error) {
        throw refusal(error, url, 'Get and List')
      }
      return found
    },
    write: async (changes) => {
      try {
        const vault = await client()
        const there = new Set<string>()
        for await (const { name } of vault.listPropertiesOfSecrets()) there.add(name.toUpperCase())
        for (const [name, value] of changes) {
          if (value !== null) await vault.setSecret(vaultName(name), value)
          // A name that was deleted stays taken for months; one that is switched off gets its next value as any other.
          else if (there.has(vaultName(name).toUpperCase()))
            await vault.setSecret(vaultName(name), 'removed', { enabled: false })
        }
      } catch (error) {
        throw refusal(error, url, 'Set and List')
      }
    }
  }
}

// Loaded where it is used only: the two are larger than the product.
async function open(url: string): Promise<SecretClient> {
  const [{ SecretClient }, { DefaultAzureCredential }] = await Promise.all([
    import('@azure/keyvault-secrets'),
    import('@azure/identity')
  ])
  return new SecretClient(url, new DefaultAzureCredential(), {
    // An emulator on this machine has no name in Azure that its challenge could be compared with.
    disableChallengeResourceVerification: isThisMachine(url),
    retryOptions: { maxRetries: 3, retryDelayInMs: 300, maxRetryDelayInMs: 3_000 }
  })
}

function isThisMachine(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || (isIPv4(hostname) && hostname.startsWith('127.'))
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined

function refusal(error: unknown, url: string, rights: string): Error {
  const status = statusOf(error)
  const [first = ''] = reasonOf(error).split('\n')
  if (error instanceof Error && /Credential|Authentication/.test(error.name))
    return new SecretsRefused(
      'secrets.refused',
      `Nobody to sign in to Key Vault ${url} as: ${first} Give this machine a managed identity, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.`
    )
  if (status === 401 || status === 403)
    return new SecretsRefused(
      'secrets.refused',
      `Key Vault ${url} refuses this identity (${status} ${codeOf(error) ?? ''}). Give it the rights ${rights} on secrets (role Key Vault Secrets ${rights.startsWith('Get') ? 'User' : 'Officer'}), and look at the vault’s firewall.`
    )
  if (status === 409)
    return new SecretsRefused(
      'secrets.refused',
      `Key Vault ${url} keeps a deleted secret of that name (409). Recover or purge it first: az keyvault secret recover`
    )
  return new SecretsRefused(
    'secrets.unreachable',
    `Key Vault ${url} does not answer (${status ?? codeOf(error) ?? first}). Check AZURE_KEY_VAULT_URL and the network. Lyceum does not start without its secrets.`
  )
}
