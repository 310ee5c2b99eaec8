import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ env: { RELEASE: 'r2' } })
})
afterAll(() => server.close())

const TOLD = 'stable=blue,limit=2500,blue=r1,green=r2'
const cookieFor = async (headers: Record<string, string>) => {
  const { headers: answered } = await server.app.inject({ url: '/health', headers })
  return [answered['set-cookie'] ?? []].flat().find((line) => line.startsWith('lyceum_bucket='))
}

it('gives a bucket of its own part to whoever was drawn here and has none', async () => {
  const given = await cookieFor({ 'x-lyceum-traffic': TOLD })
  expect(given).toMatch(/^lyceum_bucket=\d{1,4}; Max-Age=31536000; Path=\/; HttpOnly;(?: Secure;)? SameSite=Lax$/)
  expect(Number(/=(\d+)/.exec(given ?? '')?.[1])).toBeLessThan(2_500)
})

it('leaves a bucket alone, and gives none behind a front that gives them itself', async () => {
  expect(await cookieFor({ 'x-lyceum-traffic': TOLD, cookie: 'lyceum_bucket=9000' })).toBeUndefined()
  expect(await cookieFor({})).toBeUndefined()
  expect(await cookieFor({ 'x-lyceum-traffic': 'anything' })).toBeUndefined()
  expect(await cookieFor({ 'x-lyceum-traffic': TOLD.replace('r2', 'r3') })).toBeUndefined()
})
