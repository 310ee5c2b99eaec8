import { ConfigRefused, readConfig } from '@lyceum/platform/config'
import { startTestServer, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
let school: TestSchool
beforeAll(async () => {
  server = await startTestServer({
    env: {
      PUBLIC_URL: 'https://hill.example.org',
      TRUST_PROXY: 'true',
      FRONTEND_URL: 'https://app.example.org/, https://other.example.org'
    }
  })
  school = await server.newSchool()
})
afterAll(() => server.close())

const ask = (headers: Readonly<Record<string, string>>, method: 'GET' | 'POST' | 'OPTIONS' = 'GET') =>
  server.app.inject({ method, url: '/api/v1/school?x=1', headers: { host: school.host, ...headers } })

describe('behind a proxy', () => {
  it('sends people who came by http to https, and refuses what carried something', async () => {
    const { statusCode, headers } = await ask({ 'x-forwarded-proto': 'http' })
    expect([statusCode, headers.location]).toEqual([308, `https://${school.host}/api/v1/school?x=1`])
    const posted = await ask({ 'x-forwarded-proto': 'http' }, 'POST')
    expect(posted.json()).toMatchObject({ status: 403, code: 'request.insecure' })
  })

  it('answers https, and whoever asks the process itself', async () => {
    const https = await ask({ 'x-forwarded-proto': 'https' })
    expect([https.statusCode, https.headers['strict-transport-security']]).toEqual([
      200,
      expect.stringContaining('max-age')
    ])
    expect((await ask({})).statusCode).toBe(200)
    expect((await server.app.inject({ url: '/api/v1/ready' })).statusCode).toBe(200)
  })
})

describe('another origin', () => {
  const https = { 'x-forwarded-proto': 'https' }
  it('may call when it is named, and is told nothing when it is not', async () => {
    const named = await ask({ ...https, origin: 'https://app.example.org' })
    expect(named.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.org',
      'access-control-allow-credentials': 'true'
    })
    for (const origin of [
      'https://evil.example.org',
      'https://app.example.org.evil.example',
      'null',
      'http://app.example.org'
    ]) {
      const { headers } = await ask({ ...https, origin })
      expect(headers['access-control-allow-origin'], origin).toBeUndefined()
      const preflight = await ask({ ...https, origin, 'access-control-request-method': 'POST' }, 'OPTIONS')
      expect(preflight.headers['access-control-allow-origin'], origin).toBeUndefined()
    }
  })

  it.each(['*', 'https://*.example.org', 'https://app.example.org/path', 'app.example.org'])(
    'cannot be %s',
    (FRONTEND_URL) => {
      expect(() => readConfig({ FRONTEND_URL })).toThrow(ConfigRefused)
    }
  )

  it('is https in production', () => {
    expect(() => readConfig({ LYCEUM_ENV: 'production', FRONTEND_URL: 'http://app.example.org' })).toThrow(
      /FRONTEND_URL must be https in production/
    )
  })
})
