import { type Client, createClient, ProblemError, type Transport, type WireResponse } from '@lyceum/client'
import type { Contracts } from '@lyceum/client/types'
import type { Input, OperationName, Output } from '@lyceum/platform/contract'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { renew, renewalDone } from './renewal.ts'
import { reportMaintenance } from './ui/maintenance.ts'
import { reportReachable } from './ui/saving.ts'

/** Long enough for a slow phone; a request that takes longer is better tried again. */
const PATIENCE_MS = 30_000
const SIGNED_IN = 'lyceum.signed-in'

const sessionEndedListeners = new Set<() => void>()

/** Tells when the server no longer knows this sign-in, so that the app can ask for it again. */
export function onSessionEnded(listener: () => void): () => void {
  sessionEndedListeners.add(listener)
  return () => sessionEndedListeners.delete(listener)
}

/** Sends one request; a sign-in that has merely grown old is renewed silently and the request sent once more. */
export const transport: Transport = async (request) => {
  await renewalDone()
  const startedAt = Date.now()
  const answer = await send(request)
  if (!isRenewable(answer) || request.url.startsWith('/api/v1/auth/')) return answer
  if (await refresh(startedAt)) return send(request)
  rememberSignedIn(false)
  for (const listener of sessionEndedListeners) listener()
  return answer
}

/** Whether somebody is signed in on this device, as far as the app knows; it cannot read the cookies. */
export function rememberSignedIn(signedIn: boolean): void {
  if (signedIn) localStorage.setItem(SIGNED_IN, 'yes')
  else localStorage.removeItem(SIGNED_IN)
}

export const wasSignedIn = (): boolean => localStorage.getItem(SIGNED_IN) !== null

/** Every operation of the server, typed by the contracts. The only way from a screen to the network. */
export const api: Client = createClient(transport)

/** The same for a last word from a page that is being left: the browser sends it even when the page is gone. */
export const apiWhileLeaving: Client = createClient((request) => send(request, { keepalive: true }))

type Module = keyof Contracts
type Operation<M extends Module> = OperationName<Contracts[M]>

/** A reading operation as a query; its key is `[operation, input]`, so a change can name what it made old. */
export const query = <M extends Module, K extends Operation<M>>(module: M, name: K, input: Input<Contracts[M], K>) =>
  queryOptions({
    queryKey: [name, input] as const,
    queryFn: ({ signal }): Promise<Output<Contracts[M], K>> => api[module][name](input, { signal })
  })

type PagedOutput<M extends Module, K extends Operation<M>> = Output<Contracts[M], K> & { nextCursor: string | null }
type Paged<M extends Module> = {
  [K in Operation<M>]: Output<Contracts[M], K> extends { nextCursor: string | null } ? K : never
}[Operation<M>]

/** A list read page by page; ask `fetchNextPage` for more. Its key is `[operation, input, 'pages']`. */
export const pages = <M extends Module, K extends Paged<M>>(module: M, name: K, input: Input<Contracts[M], K>) =>
  infiniteQueryOptions({
    queryKey: [name, input, 'pages'] as const,
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }): Promise<PagedOutput<M, K>> => {
      const page = await api[module][name](pageParam ? Object.assign({}, input, { cursor: pageParam }) : input, {
        signal
      })
      // `Paged` admits only operations whose answer has `nextCursor`; the compiler cannot carry that through `K`.
      return page as PagedOutput<M, K>
    },
    getNextPageParam: (page) => page.nextCursor ?? undefined
  })

async function send(
  { method, url, headers, body, signal }: Parameters<Transport>[0],
  { keepalive = false } = {}
): Promise<WireResponse> {
  const reading = method === 'GET'
  const patience = reading ? AbortSignal.timeout(PATIENCE_MS) : undefined
  const signals = [signal, patience].filter((one) => one !== undefined)
  let response: Response
  try {
    response = await fetch(url, {
      method,
      // A form of another site cannot send this header; with SameSite cookies it is what keeps forged requests out.
      headers: reading ? { ...headers } : { ...headers, 'x-lyceum-csrf': '1' },
      credentials: 'same-origin',
      keepalive,
      ...(body === undefined ? {} : { body }),
      ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {})
    })
  } catch (error) {
    if (signal?.aborted) throw error
    reportReachable(false)
    throw unreachable()
  }
  reportReachable(true)
  reportMaintenance(response.headers.get('x-lyceum-maintenance'))
  return { status: response.status, body: await bodyOf(response) }
}

async function bodyOf(response: Response): Promise<unknown> {
  if (!response.headers.get('content-type')?.includes('json')) return undefined
  const body: unknown = await response.json().catch(() => undefined)
  const retryAfter = Number(response.headers.get('retry-after'))
  return typeof body === 'object' && body !== null && retryAfter > 0 ? { ...body, retryAfter } : body
}

const refresh = (neededAt: number): Promise<boolean> => renew(neededAt, async () => (await send(refreshRequest)).status)

const refreshRequest = {
  method: 'POST',
  url: '/api/v1/auth/refresh',
  headers: { 'content-type': 'application/json' },
  body: '{}'
} as const

const unreachable = () =>
  new ProblemError({
    type: 'about:blank',
    title: 'Unreachable',
    status: 0,
    detail: 'The server cannot be reached. Check your connection and try again.',
    code: 'network.unreachable',
    requestId: ''
  })

/**
 * An access token that the server calls old, or wrong because the secret that signed it has leaked, or one whose cookie the
 * browser has dropped with age: then the request looks like nobody's, and only our own memory tells that there is a sign-in
 * to renew.
 */
function isRenewable({ status, body }: WireResponse): boolean {
  if (status !== 401 || typeof body !== 'object' || body === null || !('code' in body)) return false
  return (
    /^auth\.access-(?:expired|invalid)$/.test(String(body.code)) ||
    (body.code === 'auth.sign-in-required' && wasSignedIn())
  )
}

/** The address that starts a sign-in at an identity provider; followed as a link, since it leads away and back. */
export const providerSignIn = (providerId: string, returnTo: string): string =>
  `/api/v1/auth/providers/${encodeURIComponent(providerId)}/start?${new URLSearchParams({ returnTo })}`
