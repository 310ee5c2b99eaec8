import cookie from '@fastify/cookie'
import { endMaintenance, type Maintenance, orderMaintenance } from '@lyceum/platform/maintenance'
import Fastify from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Composition } from './compose.ts'
import { answerClosed } from './maintenance-page.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let beside: Composition
beforeAll(async () => {
  server = await startTestServer()
  beside = await server.beside()
})
afterEach(async () => {
  await endMaintenance(server.owner)
  await followed('open')
})
afterAll(() => server.close())

const ordered = (given: Partial<Maintenance> = {}): Maintenance => ({
  startsAt: server.clock.now(),
  until: null,
  message: 'New machines.',
  retryAfter: 120,
  orderedBy: 'ada',
  ...given
})

/** Every process sees it, each over its own connection. */
const followed = (state: 'open' | 'closed', host = 'nowhere.test') =>
  vi.waitFor(async () => {
    for (const { app } of [server, beside]) {
      const { statusCode } = await app.inject({ url: '/api/v1/me', headers: { host } })
      if (state === 'closed') expect(statusCode).toBe(503)
      else expect(statusCode).not.toBe(503)
    }
  }, 10_000)

describe('maintenance', () => {
  it('keeps everybody out of every process but operators, and says when to come again', async () => {
    const school = await server.newSchool()
    const ana = await school.person('learner', 'ana')
    const olga = await school.person('administrator', 'olga', { operator: true })
    await orderMaintenance(server.owner, ordered())
    await followed('closed', school.host)

    const refused = await server.app.inject({
      url: '/api/v1/courses',
      headers: { host: school.host, authorization: `Bearer ${ana.token}` }
    })
    expect(refused.statusCode).toBe(503)
    expect(refused.headers).toMatchObject({
      'retry-after': '120',
      'content-type': expect.stringContaining('application/problem+json')
    })
    expect(refused.json()).toMatchObject({ code: 'installation.maintenance', facts: { message: 'New machines.' } })
    expect(new URLSearchParams(String(refused.headers['x-lyceum-maintenance'])).get('message')).toBe('New machines.')
    await expect(ana.api.user.updateMe({ name: 'Anna' })).rejects.toMatchObject({ status: 503 })
    await expect(olga.api.user.getMe({})).resolves.toMatchObject({ id: olga.id })
  })

  it('goes on answering those who look after it, and signs people in', async () => {
    const school = await server.newSchool()
    await orderMaintenance(server.owner, ordered())
    await followed('closed', school.host)
    for (const url of ['/health', '/api/v1/health', '/api/v1/ready', '/health/accepting', '/metrics'])
      expect((await server.app.inject({ url })).statusCode, url).toBe(200)
    await expect(school.anyone.user.getSchool({})).resolves.toMatchObject({ name: expect.any(String) })
    await expect(
      school.anyone.user.signIn({ email: 'nobody@example.org', password: 'wrong horse battery' })
    ).rejects.toMatchObject({ code: 'auth.sign-in-failed' })
    await expect(school.anyone.user.requestPasswordReset({ email: 'nobody@example.org' })).rejects.toMatchObject({
      status: 503
    })
  })

  it('is announced before it begins, and waits until then', async () => {
    const school = await server.newSchool()
    const ana = await school.person('learner', 'ana')
    const startsAt = new Date(server.clock.now().getTime() + 600_000)
    const until = new Date(startsAt.getTime() + 1_800_000)
    await orderMaintenance(server.owner, ordered({ startsAt, until, message: '' }))
    const told = await vi.waitFor(async () => {
      const { headers, statusCode } = await server.app.inject({
        url: '/api/v1/me',
        headers: { host: school.host, authorization: `Bearer ${ana.token}` }
      })
      expect(statusCode).toBe(200)
      expect(headers).toHaveProperty('x-lyceum-maintenance')
      return new URLSearchParams(String(headers['x-lyceum-maintenance']))
    }, 10_000)
    expect(Object.fromEntries(told)).toEqual({ at: startsAt.toISOString(), until: until.toISOString() })
    server.clock.advance(600_000)
    await expect(school.anyone.user.getInvitation({ token: 'x'.repeat(43) })).rejects.toMatchObject({ status: 503 })
    const { headers } = await server.app.inject({ url: '/api/v1/me', headers: { host: school.host } })
    expect(Number(headers['retry-after'])).toBeGreaterThan(1_700)
  })
})

describe('the page of maintenance', () => {
  const now = new Date('2026-11-23T10:00:00Z')
  const page = async (maintenance: Maintenance, headers: Record<string, string>) => {
    const app = Fastify()
    await app.register(cookie)
    app.get('/*', (request, reply) => answerClosed(request, reply, maintenance, now))
    const answer = await app.inject({ url: '/courses?q=%22%3E', headers })
    await app.close()
    return answer
  }

  it('speaks the language of the reader, in the zone of the reader', async () => {
    const until = new Date('2026-11-23T12:30:00Z')
    const english = await page(ordered({ until }), { 'accept-language': 'en', cookie: 'lyceum.zone=Asia/Dubai' })
    expect(english.statusCode).toBe(503)
    expect(english.headers).toMatchObject({ 'retry-after': '9000', 'cache-control': 'no-store' })
    expect(english.body).toContain('<html lang="en" dir="ltr">')
    expect(english.body).toContain('>16:30</time>')
    const arabic = await page(ordered({ until }), { 'accept-language': 'en', cookie: 'lyceum.language=ar' })
    expect(arabic.body).toContain('<html lang="ar" dir="rtl">')
    expect(arabic.body).toContain('سنعود قريبًا')
  })

  it('shows what was written for people as text, and never waits by itself', async () => {
    const { body } = await page(ordered({ message: '<b>moved</b>', until: new Date('2026-11-23T09:00:00Z') }), {})
    expect(body).toContain('&#60;b&#62;moved')
    expect(body).toContain('longer than planned')
    expect(body).not.toContain('http-equiv')
  })
})
