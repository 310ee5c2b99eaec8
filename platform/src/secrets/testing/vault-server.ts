import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'

/** As much of HashiCorp Vault as its documentation promises of KV version 2 and AppRole; in memory. */
export interface VaultServer {
  readonly address: string
  readonly token: string
  readonly roleId: string
  readonly secretId: string
  /** The newest version of an entry. */
  entry(path: string): Readonly<Record<string, unknown>> | undefined
  /** How often anything was asked. */
  readonly asked: number
  seal(sealed: boolean): void
  /** Ends every token that was given out for the AppRole. */
  endTokens(): void
  /** What happens between somebody's reading and writing. */
  beforeWrite(work: () => void): void
  put(path: string, data: Readonly<Record<string, unknown>>): void
  close(): Promise<void>
}

interface Version {
  readonly data: Readonly<Record<string, unknown>> | null
  readonly version: number
  readonly createdAt: string
}

export async function startVaultServer(mount = 'secret'): Promise<VaultServer> {
  const [token, roleId, secretId] = ['hvs.the-root-of-a-test', 'role-of-lyceum', 'secret-id-of-lyceum']
  const tokens = new Set([token])
  const entries = new Map<string, Version>()
  let sealed = false
  let asked = 0
  let before: (() => void) | undefined
  const put = (path: string, data: Version['data']): Version => {
    const next = { data, version: (entries.get(path)?.version ?? 0) + 1, createdAt: new Date().toISOString() }
    entries.set(path, next)
    return next
  }
  const metadataOf = ({ version, createdAt, data }: Version) => ({
    created_time: createdAt,
    custom_metadata: null,
    deletion_time: data === null ? createdAt : '',
    destroyed: false,
    version
  })
  const answer = async (request: IncomingMessage): Promise<{ status: number; body?: object }> => {
    asked += 1
    if (sealed) return { status: 503, body: { errors: ['Vault is sealed'] } }
    const { pathname } = new URL(request.url ?? '/', 'http://vault')
    if (pathname === '/v1/auth/approle/login' && request.method === 'POST') {
      const given: unknown = await json(request)
      const fits =
        typeof given === 'object' &&
        given !== null &&
        'role_id' in given &&
        'secret_id' in given &&
        given.role_id === roleId &&
        given.secret_id === secretId
      if (!fits) return { status: 400, body: { errors: ['invalid role or secret ID'] } }
      const made = `hvs.of-role-${tokens.size}`
      tokens.add(made)
      return { status: 200, body: { auth: { client_token: made, lease_duration: 3600, renewable: true } } }
    }
    if (!tokens.has(String(request.headers['x-vault-token'])))
      return { status: 403, body: { errors: ['permission denied'] } }
    const prefix = `/v1/${mount}/data/`
    if (!pathname.startsWith(prefix)) return { status: 404, body: { errors: ['no handler for route'] } }
    const path = pathname.slice(prefix.length)
    const found = entries.get(path)
    if (request.method === 'GET') {
      if (!found) return { status: 404, body: { errors: [] } }
      const body = { data: { data: found.data, metadata: metadataOf(found) } }
      return { status: found.data === null ? 404 : 200, body }
    }
    const given: unknown = await json(request)
    if (typeof given !== 'object' || given === null || !('data' in given) || typeof given.data !== 'object')
      return { status: 400, body: { errors: ['no data provided'] } }
    before?.()
    before = undefined
    const options = 'options' in given ? given.options : undefined
    const cas = typeof options === 'object' && options !== null && 'cas' in options ? options.cas : undefined
    if (cas !== undefined && cas !== (entries.get(path)?.version ?? 0))
      return { status: 400, body: { errors: ['check-and-set parameter did not match the current version'] } }
    return { status: 200, body: { data: metadataOf(put(path, given.data === null ? null : { ...given.data })) } }
  }
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, body = {} }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      () => response.writeHead(500).end()
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  return {
    address: `http://127.0.0.1:${port}`,
    token,
    roleId,
    secretId,
    get asked() {
      return asked
    },
    entry: (path) => entries.get(path)?.data ?? undefined,
    seal: (next) => {
      sealed = next
    },
    endTokens: () => {
      tokens.clear()
      tokens.add(token)
    },
    beforeWrite: (work) => {
      before = work
    },
    put: (path, data) => void put(path, data),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
