import { once } from 'node:events'
import { Agent, get, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { problemOf } from '@lyceum/platform/problem'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { startTestServer, type TestPerson, type TestServer } from './testing/test-server.ts'

const started: TestServer[] = []
afterEach(async () => {
  for (const server of started.splice(0)) await server.close()
})

/** Listens on a port, with somebody signed in. */
async function listening(env: Readonly<Record<string, string>> = {}) {
  const server = await startTestServer({ env: { LYCEUM_ENV: 'staging', ...env } })
  let closing: Promise<void> | undefined
  const close = server.close
  const product = {
    ...server,
    close: () => {
      closing ??= close()
      return closing
    }
  }
  started.push(product)
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.app.server.address() as AddressInfo
  const school = await server.newSchool()
  const teacher = await school.person('teacher', 'ana')
  const headers = { host: school.host, authorization: `Bearer ${teacher.token}` }
  return { server: product, port, headers, teacher, url: `http://127.0.0.1:${port}` }
}

const answer = async (
  url: string,
  options: { agent?: Agent; headers?: Record<string, string> } = {}
): Promise<IncomingMessage> => {
  const [response] = (await once(get(url, options), 'response')) as [IncomingMessage]
  return response
}

interface Heard {
  readonly type: string
  readonly afterMs?: number
  readonly release?: string
}

function openSocket({ port, headers }: { port: number; headers: Record<string, string> }) {
  const heard: Heard[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`, { headers })
  socket.on('message', (data) => heard.push(JSON.parse(String(data)) as Heard))
  const closed = once(socket, 'close').then(([code]) => Number(code))
  return { socket, heard, closed }
}

describe('a process that leaves', () => {
  it('says that it is not ready while it still answers, and ends connections with their answers', async () => {
    const { server, url, headers } = await listening({ SHUTDOWN_WAIT_SECONDS: '1' })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const before = await answer(`${url}/api/v1/me`, { agent, headers })
    before.resume()
    expect(before.headers.connection).toBe('keep-alive')
    const closed = server.close()
    const ready = await answer(`${url}/api/v1/ready`)
    expect(ready.statusCode).toBe(503)
    expect((await answer(`${url}/health/accepting`)).statusCode).toBe(404)
    const during = await answer(`${url}/api/v1/me`, { agent, headers })
    during.resume()
    expect([during.statusCode, during.headers.connection]).toEqual([200, 'close'])
    await closed
    await expect(answer(`${url}/health`)).rejects.toThrow('ECONNREFUSED')
  })

  it('answers what was on its way in when it stopped listening', async () => {
    const { server, url, headers } = await listening()
    const body = JSON.stringify({ title: 'Written slowly' })
    const sending = request(`${url}/api/v1/courses`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': String(body.length) }
    })
    const response = once(sending, 'response') as Promise<[IncomingMessage]>
    sending.write(body.slice(0, 5))
    await expect.poll(() => server.running.over(0)).toBe(1)
    const closed = server.close()
    await expect
      .poll(() =>
        answer(`${url}/health`).then(
          () => 'open',
          () => 'closed'
        )
      )
      .toBe('closed')
    sending.end(body.slice(5))
    const [answered] = await response
    expect(answered.statusCode).toBe(201)
    expect(await text(answered)).toContain('Written slowly')
    await closed
  })

  it('cuts what takes longer than it may, and ends', async () => {
    const { server, url, headers } = await listening({ SHUTDOWN_SECONDS: '0' })
    const sending = request(`${url}/api/v1/courses`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': '500' }
    })
    const failed = once(sending, 'error')
    sending.write('{')
    await expect.poll(() => server.running.over(0)).toBe(1)
    await server.close()
    await failed
  })
})

it('a client that goes away while it is sending is not taken for a database that is away', () => {
  const aborted = Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
  expect(problemOf(Object.assign(aborted, { statusCode: 400 }), 'r').status).toBe(400)
  expect(problemOf(Object.assign(new Error('read'), { code: 'ECONNRESET' }), 'r').status).toBe(503)
})

describe('the live connection', () => {
  it('is for people who are signed in, from our own pages', async () => {
    const { port, headers, url } = await listening()
    expect((await answer(`${url}/api/v1/live`, { headers: { host: headers.host } })).statusCode).toBe(401)
    const refused = async (given: Record<string, string>) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`, { headers: given })
      const [error] = (await once(socket, 'error')) as [Error]
      return error.message
    }
    expect(await refused({ host: headers.host })).toContain('401')
    expect(await refused({ ...headers, origin: 'https://elsewhere.example' })).toContain('403')
    const { socket, heard } = openSocket({ port, headers: { ...headers, origin: `http://${headers.host}` } })
    await expect.poll(() => heard[0]).toEqual({ type: 'release', release: 'test' })
    socket.close()
  })

  it('tells each WebSocket to come again at a moment of its own, and closes those that stay with 1012', async () => {
    const place = await listening({ SHUTDOWN_SPREAD_SECONDS: '1' })
    const sockets = Array.from({ length: 6 }, () => openSocket(place))
    await expect.poll(() => place.server.live.count()).toBe(6)
    const [obedient] = sockets
    obedient?.socket.on('message', (data) => {
      if ((JSON.parse(String(data)) as Heard).type === 'reconnect') obedient.socket.close(1000)
    })
    await place.server.close()
    const asked = sockets.map(({ heard }) => heard.find(({ type }) => type === 'reconnect')?.afterMs ?? -1)
    for (const afterMs of asked) expect(afterMs).toBeGreaterThanOrEqual(0)
    for (const afterMs of asked) expect(afterMs).toBeLessThanOrEqual(1000)
    expect(new Set(asked).size).toBeGreaterThan(1)
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1000, 1012, 1012, 1012, 1012, 1012])
  })

  it('is a stream of events as well, which ends by itself when the process leaves', async () => {
    const { server, url, headers } = await listening({ SHUTDOWN_SPREAD_SECONDS: '0' })
    const response = await answer(`${url}/api/v1/live`, { headers })
    expect(response.headers['content-type']).toContain('text/event-stream')
    expect(response.headers['x-lyceum-release']).toBe('test')
    const all = text(response)
    await server.close()
    expect(await all).toMatch(
      /^event: release\ndata: \{"type":"release","release":"test"\}\n\nretry: 0\nevent: reconnect\ndata: \{"type":"reconnect","afterMs":0\}\n\n$/
    )
  })
})

describe('a pinned browser', () => {
  const pinOf = (response: { headers: Record<string, unknown> }) =>
    String(response.headers['set-cookie'] ?? '')
      .split(',')
      .find((one) => one.startsWith('lyceum_pin='))
  const ask = (
    server: TestServer,
    person: TestPerson,
    host: string,
    options: { method: 'GET' | 'PUT' | 'DELETE'; url: string; cookie?: string }
  ) =>
    server.app.inject({
      method: options.method,
      url: options.url,
      headers: { host, authorization: `Bearer ${person.token}`, ...(options.cookie ? { cookie: options.cookie } : {}) },
      ...(options.method === 'PUT' ? { payload: { minutes: 10 } } : {})
    })

  it('is told by a signed cookie, counted while it lasts, and freed by a bad one', async () => {
    const server = await startTestServer()
    started.push(server)
    const school = await server.newSchool()
    const operator = await school.person('administrator', 'olu', { operator: true })
    const administrator = await school.person('administrator', 'ada')
    const metrics = async () => (await server.app.inject('/metrics')).body
    const metric = async () => (await metrics()).match(/^lyceum_release_pins\{.*$/m)?.[0]
    const pin = { method: 'PUT', url: '/api/v1/system/pin' } as const
    expect((await ask(server, administrator, school.host, pin)).statusCode).toBe(403)
    expect(await metric()).toBeUndefined()

    const pinned = await ask(server, operator, school.host, pin)
    expect(await metrics()).toMatch(/^lyceum_release_pins_until_seconds\{pinned="test",release="test"\} \d{10}/m)
    expect(pinned.statusCode).toBe(200)
    const cookie = pinOf(pinned)?.split(';')[0] ?? ''
    expect(cookie).toMatch(/^lyceum_pin=test\.\d{10}\.[\w-]{43}$/)
    expect(await metric()).toBe('lyceum_release_pins{pinned="test",release="test"} 1')

    const me = { method: 'GET', url: '/api/v1/me' } as const
    expect(pinOf(await ask(server, operator, school.host, { ...me, cookie }))).toBeUndefined()
    for (const bad of [cookie.replace('=test', '=next'), `${cookie}x`, 'lyceum_pin=', 'lyceum_pin=test.1.x'])
      expect(pinOf(await ask(server, operator, school.host, { ...me, cookie: bad }))).toMatch(
        /^lyceum_pin=; Max-Age=0|^lyceum_pin=; Path=\/; Expires=Thu/
      )
    server.clock.advance(11 * 60_000)
    expect(pinOf(await ask(server, operator, school.host, { ...me, cookie }))).toMatch(/^lyceum_pin=;/)
    expect(await metric()).toBeUndefined()
  })

  it('is free again when the last reason is gone', async () => {
    const server = await startTestServer()
    started.push(server)
    const school = await server.newSchool()
    const operator = await school.person('administrator', 'olu', { operator: true })
    const caller = {
      ...(await server.users.authenticate({ host: school.host, tenantSlug: undefined, accessToken: operator.token }))
        .caller
    }
    const browser: { pin?: { release: string; until: Date } | null } = {}
    const request = { id: '', address: '', userAgent: '', origin: '', refreshCookie: null, providerCookie: null }
    const { transact } = server.runtime.runner('course', { caller, request, browser })
    const later = (minutes: number) => new Date(server.clock.now().getTime() + minutes * 60_000)
    await transact(async (context) => context.pinBrowser('attempt 1', later(5)))
    await transact(async (context) => context.pinBrowser('attempt 2', later(10)))
    expect(browser.pin?.until.getTime()).toBeGreaterThan(later(9).getTime())
    await transact(async (context) => context.unpinBrowser('attempt 2'))
    expect(browser.pin?.until.getTime()).toBeLessThan(later(6).getTime())
    await transact(async (context) => context.unpinBrowser('attempt 1'))
    expect(browser.pin).toBeNull()
  })
})
