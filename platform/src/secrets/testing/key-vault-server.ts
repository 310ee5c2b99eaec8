import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'

/** As much of Azure Key Vault's REST interface (7.x) as its reference promises of secrets, and a managed identity beside it. */
export interface KeyVaultServer {
  readonly url: string
  /** What a process needs to know of the identity, and of who signed the certificate. */
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: Map<
    string,
    { readonly value: string; readonly updated: number; readonly version: string; readonly enabled: boolean }
  >
  refuse(refusing: boolean): void
  close(): Promise<void>
}

const RESOURCE = 'https://vault.azure.net'
const TOKEN = 'token-of-the-managed-identity'
const IDENTITY_HEADER = 'header-of-the-managed-identity'

export async function startKeyVaultServer(): Promise<KeyVaultServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-key-vault-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync(
    'openssl',
    // biome-ignore format: an option and its value belong together
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
      '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert],
    { stdio: 'ignore' }
  )
  const secrets: KeyVaultServer['secrets'] = new Map()
  let refusing = false
  let versions = 0
  const vault = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    const send = (status: number, body: object, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    }
    const base = `https://${request.headers.host}`
    const attributes = (updated: number, enabled = true) => ({
      enabled,
      created: updated,
      updated,
      recoveryLevel: 'Purgeable'
    })
    const asked = async (): Promise<void> => {
      if (request.headers.authorization !== `Bearer ${TOKEN}`)
        return send(
          401,
          { error: { code: 'Unauthorized', message: 'No token.' } },
          {
            'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/tenant", resource="${RESOURCE}"`
          }
        )
      if (refusing)
        return send(403, { error: { code: 'Forbidden', message: 'The user does not have secrets list permission' } })
      const { pathname } = new URL(request.url ?? '/', base)
      const [, collection, name = ''] = pathname.split('/')
      const found = secrets.get(name)
      const described = found && {
        id: `${base}/secrets/${name}/${found.version}`,
        attributes: attributes(found.updated, found.enabled)
      }
      if (collection === 'secrets' && name === '')
        return send(200, {
          value: [...secrets].map(([id, { updated, enabled }]) => ({
            id: `${base}/secrets/${id}`,
            attributes: attributes(updated, enabled)
          })),
          nextLink: null
        })
      if (collection === 'secrets' && request.method === 'GET' && found && !found.enabled)
        return send(403, {
          error: { code: 'Forbidden', message: 'Operation get is not allowed on a disabled secret.' }
        })
      if (collection === 'secrets' && request.method === 'GET' && found && described)
        return send(200, { value: found.value, ...described })
      if (collection === 'secrets' && request.method === 'PUT') {
        const given: unknown = await json(request)
        const value = typeof given === 'object' && given !== null && 'value' in given ? String(given.value) : ''
        const enabled = !JSON.stringify(given).includes('"enabled":false')
        versions += 1
        const made = {
          value,
          updated: Math.floor(Date.now() / 1000),
          version: String(versions).padStart(32, '0'),
          enabled
        }
        secrets.set(name, made)
        const attributed = attributes(made.updated, enabled)
        return send(200, { value, id: `${base}/secrets/${name}/${made.version}`, attributes: attributed })
      }
      send(404, { error: { code: 'SecretNotFound', message: `A secret with the name ${name} was not found.` } })
    }
    asked().catch(() => send(500, {}))
  }).listen(0, '127.0.0.1')
  // The identity of Azure App Service: reached by an address and a header that only the machine knows.
  const identity = createPlainServer((request, response) => {
    const fits =
      request.headers['x-identity-header'] === IDENTITY_HEADER && request.url?.includes(encodeURIComponent(RESOURCE))
    response.writeHead(fits ? 200 : 400, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        access_token: TOKEN,
        expires_on: String(Math.floor(Date.now() / 1000) + 3600),
        resource: RESOURCE,
        token_type: 'Bearer'
      })
    )
  }).listen(0, '127.0.0.1')
  await Promise.all([once(vault, 'listening'), once(identity, 'listening')])
  const portOf = (server: { address(): unknown }): number => {
    const bound = server.address()
    return typeof bound === 'object' && bound !== null && 'port' in bound ? Number(bound.port) : 0
  }
  return {
    url: `https://localhost:${portOf(vault)}`,
    environment: {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${portOf(identity)}/msi/token`,
      IDENTITY_HEADER,
      NODE_EXTRA_CA_CERTS: cert
    },
    secrets,
    refuse: (next) => {
      refusing = next
    },
    close: async () => {
      for (const server of [vault, identity]) {
        server.closeAllConnections()
        server.close()
      }
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
