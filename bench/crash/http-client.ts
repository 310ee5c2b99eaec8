import { type Client, createClient } from '@lyceum/client'

/** The product over HTTP, as one person; the token can be replaced when it is old. */
export interface Visitor {
  readonly api: Client
  readonly origin: string
  headers(): Record<string, string>
  signIn(email: string, password: string): Promise<void>
}

/** A server that was just killed must not keep the client waiting. */
const PATIENCE_MS = 30_000

export function visit(origin: string): Visitor {
  let token: string | undefined
  const headers = (): Record<string, string> => (token === undefined ? {} : { authorization: `Bearer ${token}` })
  const api = createClient(async ({ method, url, headers: given, body }) => {
    const answer = await fetch(`${origin}${url}`, {
      method,
      headers: { ...given, ...headers() },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body })
    })
    const text = await answer.text()
    const read: unknown = text === '' ? undefined : JSON.parse(text)
    return { status: answer.status, body: read }
  })
  return {
    api,
    origin,
    headers,
    signIn: async (email, password) => {
      token = undefined
      token = (await api.user.signIn({ email, password })).accessToken
    }
  }
}
