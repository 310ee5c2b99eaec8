import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** A server that really answers; only the browser's address bar and storage are stood in for. */
let server: Server
let origin: string
let seen: { method: string; url: string; csrf: string | undefined }[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

const say = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response
    .writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers })
    .end(JSON.stringify(body))
const problem = (status: number, code: string) => ({ type: '', title: '', status, detail: code, code, requestId: 'r' })

beforeEach(async () => {
  vi.resetModules()
  seen = []
  server = createServer((request, response) => {
    const csrf = request.headers['x-lyceum-csrf']
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      csrf: csrf === undefined ? undefined : String(csrf)
    })
    answer(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const realFetch = globalThis.fetch
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => realFetch(origin + url, init))
  const stored = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key)
  })
})

afterEach(async () => {
  vi.unstubAllGlobals()
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

/** Answers `code` until somebody renews the sign-in. */
function expiring(code = 'auth.access-expired', refreshStatus = 200) {
  let fresh = false
  answer = (request, response) => {
    if (request.url === '/api/v1/auth/refresh') {
      fresh = refreshStatus === 200
      return say(response, refreshStatus, fresh ? {} : problem(refreshStatus, 'auth.refresh-refused'))
    }
    return fresh ? say(response, 200, { entries: [], nextCursor: null }) : say(response, 401, problem(401, code))
  }
}
const refreshes = () => seen.filter(({ url }) => url === '/api/v1/auth/refresh').length

test('a sign-in that grew old is renewed once for many requests, and each is sent again', async () => {
  expiring()
  const { api } = await import('./api.ts')
  const answers = await Promise.all([1, 2, 3].map((limit) => api.course.listCourses({ limit })))
  expect(answers).toHaveLength(3)
  expect(refreshes()).toBe(1)
})

test('an access cookie that the browser dropped is renewed too, but only where somebody was signed in', async () => {
  expiring('auth.sign-in-required')
  const { api, rememberSignedIn } = await import('./api.ts')
  await expect(api.course.listCourses({})).rejects.toMatchObject({ code: 'auth.sign-in-required' })
  expect(refreshes()).toBe(0)
  rememberSignedIn(true)
  await expect(api.course.listCourses({})).resolves.toMatchObject({ entries: [] })
  expect(refreshes()).toBe(1)
})

test('a sign-in that cannot be renewed is told once and the refusal passed on', async () => {
  expiring('auth.access-expired', 401)
  const { api, onSessionEnded } = await import('./api.ts')
  const ended = vi.fn()
  onSessionEnded(ended)
  await expect(api.course.listCourses({})).rejects.toMatchObject({ code: 'auth.access-expired', status: 401 })
  expect(ended).toHaveBeenCalledTimes(1)
})

test('a wrong password is not taken for an old sign-in', async () => {
  answer = (_, response) => say(response, 401, problem(401, 'auth.sign-in-failed'))
  const { api } = await import('./api.ts')
  await expect(api.user.signIn({ email: 'a@b.example', password: 'x' })).rejects.toMatchObject({
    code: 'auth.sign-in-failed'
  })
  expect(refreshes()).toBe(0)
})

test('only requests that change something carry the header that forged ones cannot', async () => {
  answer = (_, response) => say(response, 200, {})
  const { api } = await import('./api.ts')
  await api.user.getSchool({})
  await api.user.signOut({})
  expect(seen.map(({ method, csrf }) => [method, csrf])).toEqual([
    ['GET', undefined],
    ['POST', '1']
  ])
})

test('a lost line is a problem with a code, and the chip hears of it', async () => {
  answer = (request) => request.socket.destroy()
  const { api } = await import('./api.ts')
  const { savingState } = await import('./ui/saving.ts')
  await expect(api.user.getSchool({})).rejects.toMatchObject({ code: 'network.unreachable', status: 0 })
  expect(savingState().online).toBe(false)
  answer = (_, response) => say(response, 200, {})
  await api.user.getSchool({})
  expect(savingState().online).toBe(true)
})

test('how long to wait travels with the refusal', async () => {
  answer = (_, response) => say(response, 429, problem(429, 'auth.throttled'), { 'retry-after': '95' })
  const { api } = await import('./api.ts')
  const { retryAfterOf } = await import('./ui/problem.ts')
  const error = await api.user.signIn({ email: 'a@b.example', password: 'x' }).catch((refusal: unknown) => refusal)
  expect(retryAfterOf(error)).toBe(95)
})

test('lists go on where the page before ended', async () => {
  answer = (_, response) => say(response, 200, { entries: [], nextCursor: null })
  const { pages } = await import('./api.ts')
  const { QueryClient } = await import('@tanstack/react-query')
  const client = new QueryClient()
  const options = pages('user', 'listPeople', { search: 'amina' })
  await client.fetchInfiniteQuery(options)
  expect(options.queryKey).toEqual(['listPeople', { search: 'amina' }, 'pages'])
  expect(seen[0]?.url).toBe('/api/v1/people?search=amina')
})
