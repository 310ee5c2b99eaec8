import { once } from 'node:events'
import { get, type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { asInner, INNER_HEADER } from '../http/inner-request.ts'
import { watchRequests } from '../http/running-requests.ts'
import { createMetrics } from './metrics.ts'

let app: FastifyInstance
let url: string
let read: (name: string, method?: string, route?: string) => Promise<number>

beforeEach(async () => {
  app = Fastify()
  const metrics = createMetrics('r1', undefined)
  metrics.watch(app, watchRequests(app))
  app.post('/body', async () => ({}))
  app.get('/quick', async () => ({}))
  app.get('/slow', async () => new Promise(() => undefined))
  // More than any buffer between here and the client takes.
  app.get('/bytes', (_, reply) => reply.send(Readable.from(endless())))
  app.get('/taken-over', (_, reply) => {
    reply.hijack()
    reply.raw.write('data: hello\n\n')
  })
  url = await app.listen({ port: 0, host: '127.0.0.1' })
  read = async (name, method, route) => {
    const wanted = [`${name}{`, ...(method === undefined ? [] : [`method="${method}"`, `route="${route}"`])]
    const lines = (await metrics.registry.metrics()).split('\n')
    return Number(
      lines
        .find((line) => wanted.every((part) => line.includes(part)))
        ?.split(' ')
        .at(-1) ?? 0
    )
  }
})
afterEach(async () => {
  app.server.closeAllConnections()
  await app.close()
})

function* endless() {
  for (;;) yield Buffer.alloc(64 * 1024)
}

const active = () => read('lyceum_http_active_requests')
const aborted = (method: string, route: string) => read('lyceum_http_aborted_total', method, route)
const answered = () => read('lyceum_http_request_duration_seconds_count', 'GET', '/quick')

it('forgets a request whose client goes away in the middle of its body', async () => {
  const sending = request(`${url}/body`, { method: 'POST', headers: { 'content-type': 'application/json' } })
  sending.on('error', () => undefined)
  sending.write('{"half":')
  await expect.poll(active).toBe(1)
  sending.destroy()
  await expect.poll(active).toBe(0)
  expect(await aborted('POST', '/body')).toBe(1)
})

it.each(['/bytes', '/taken-over'])(
  'forgets a request whose client goes away in the middle of the answer (%s)',
  async (path) => {
    const [answer] = (await once(get(`${url}${path}`), 'response')) as [IncomingMessage]
    await once(answer, 'data')
    expect(await active()).toBe(1)
    answer.destroy()
    await expect.poll(active).toBe(0)
    expect(await aborted('GET', path)).toBe(1)
  }
)

it('forgets a request whose client goes away before there is an answer', async () => {
  const asking = get(`${url}/slow`)
  asking.on('error', () => undefined)
  await expect.poll(active).toBe(1)
  asking.destroy()
  await expect.poll(active).toBe(0)
  expect(await aborted('GET', '/slow')).toBe(1)
})

it('counts what was answered, and not as aborted', async () => {
  await (await fetch(`${url}/quick`)).text()
  expect(await answered()).toBe(1)
  expect(await aborted('GET', '/quick')).toBe(0)
})

it('counts a page once, however much it asks of ourselves, and nobody can pass for a part of one', async () => {
  await app.inject({ url: '/quick', headers: asInner({ id: 'page' }) })
  expect(await answered()).toBe(0)
  await app.inject({ url: '/quick', headers: { [INNER_HEADER]: 'anything page' } })
  expect(await answered()).toBe(1)
})
