import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

export interface OpenIdServer {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Claims of who may sign in there, by the name they type. */
  readonly accounts: Map<string, Record<string, unknown>>
  /** Walks through the provider's own screens as a browser would. @returns where it sends the browser back to */
  signIn(location: string, login: string): Promise<URL>
  close(): Promise<void>
}

/** A certified OpenID Connect provider with its development screens, at an address of this machine. */
export async function startOpenIdServer(redirectUri: string): Promise<OpenIdServer> {
  const accounts = new Map<string, Record<string, unknown>>()
  const clientId = 'lyceum'
  const clientSecret = 'a client secret of the tests'
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port }: AddressInfo = listening(server.address())
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['cookies of the tests'] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    pkce: { required: () => true },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts.get(sub) }) })
  })
  server.on('request', provider.callback())
  return {
    issuer,
    clientId,
    clientSecret,
    accounts,
    signIn: (location, login) => walk(location, login, issuer),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      })
  }
}

/** Follows redirects, fills the sign-in form and agrees, until the way leads out of the provider. */
async function walk(location: string, login: string, issuer: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let next = new URL(location)
  let form: URLSearchParams | undefined
  for (let step = 0; step < 20; step++) {
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {})
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    const target = response.headers.get('location')
    form = undefined
    if (target !== null) {
      next = new URL(target, next)
      if (next.origin !== issuer) return next
      continue
    }
    const page = await response.text()
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
    if (prompt === undefined) throw new Error(`The provider answered ${response.status}: ${page.slice(0, 300)}`)
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login, password: 'any' } : {}) })
  }
  throw new Error('The provider goes round in circles')
}

function listening(address: AddressInfo | string | null): AddressInfo {
  if (typeof address === 'object' && address !== null) return address
  throw new Error('The server does not listen on a port')
}
