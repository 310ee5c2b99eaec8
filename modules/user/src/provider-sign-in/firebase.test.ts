import { createServer } from 'node:http'
import { startTestServer, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const PROJECT = 'my-school-1a2b3'

let server: TestServer
let school: TestSchool
let key: CryptoKey
let stranger: CryptoKey
const keys = createServer()
beforeAll(async () => {
  const pair = await generateKeyPair('RS256')
  key = pair.privateKey
  stranger = (await generateKeyPair('RS256')).privateKey
  const jwk = await exportJWK(pair.publicKey)
  keys.on('request', (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: [{ ...jwk, kid: 'one', alg: 'RS256', use: 'sig' }] }))
  })
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve))
  const address = keys.address()
  const port = typeof address === 'object' ? address?.port : undefined
  server = await startTestServer({ env: { FIREBASE_KEYS_URL: `http://127.0.0.1:${port}/keys` } })
  school = await server.newSchool()
  const admin = await school.person('administrator')
  await admin.api.user.createIdentityProvider({
    name: 'Google',
    kind: 'firebase',
    projectId: PROJECT,
    createAccounts: true
  })
})
afterAll(async () => {
  keys.closeAllConnections()
  keys.close()
  await server.close()
})

const seconds = () => Math.floor(server.clock.now().getTime() / 1000)

/** A token as Firebase would issue it, but for what `changed` says. */
const token = (changed: Record<string, unknown> = {}, { signedBy = key, alg = 'RS256' } = {}) => {
  const now = seconds()
  const claims = {
    iss: `https://securetoken.google.com/${PROJECT}`,
    aud: PROJECT,
    sub: 'firebase-user',
    iat: now - 10,
    exp: now + 3600,
    auth_time: now - 20,
    email: 'fay@example.test',
    email_verified: true,
    name: 'Fay',
    ...changed
  }
  return new SignJWT(claims).setProtectedHeader({ alg, kid: 'one' }).sign(signedBy)
}

describe('signing in with a Firebase ID token', () => {
  it('makes a learner once and knows them again', async () => {
    const first = await school.anyone.user.signInWithFirebase({ idToken: await token() })
    expect(first.user).toMatchObject({ name: 'Fay', email: 'fay@example.test', role: 'learner', emailVerified: true })
    const again = await school.anyone.user.signInWithFirebase({ idToken: await token({ email: 'new@example.test' }) })
    expect(again.user.id).toBe(first.user.id)
  })

  it.each([
    ['of another issuer', () => ({ iss: 'https://securetoken.google.com/another-project' })],
    ['for another project', () => ({ aud: 'another-project' })],
    ['that has expired', () => ({ exp: seconds() - 60 })],
    ['from the future', () => ({ iat: seconds() + 600 })],
    ['of a sign-in from the future', () => ({ auth_time: seconds() + 600 })],
    ['without a time of sign-in', () => ({ auth_time: undefined })],
    ['without a subject', () => ({ sub: '' })]
  ])('refuses one %s', async (_, changed) => {
    await expect(school.anyone.user.signInWithFirebase({ idToken: await token(changed()) })).rejects.toMatchObject({
      status: 401,
      code: 'auth.firebase-refused'
    })
  })

  it('refuses one signed by somebody else, or not at all', async () => {
    await expect(
      school.anyone.user.signInWithFirebase({ idToken: await token({}, { signedBy: stranger }) })
    ).rejects.toMatchObject({ code: 'auth.firebase-refused' })
    const [, body] = (await token()).split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    await expect(school.anyone.user.signInWithFirebase({ idToken: `${header}.${body}.` })).rejects.toMatchObject({
      code: 'auth.firebase-refused'
    })
  })

  it('does not believe an address that is not verified', async () => {
    await expect(
      school.anyone.user.signInWithFirebase({ idToken: await token({ sub: 'other', email_verified: false }) })
    ).rejects.toMatchObject({ status: 403, code: 'auth.email-unverified' })
  })

  it('is refused in a school that has not configured the project', async () => {
    const other = await server.newSchool()
    await expect(other.anyone.user.signInWithFirebase({ idToken: await token() })).rejects.toMatchObject({
      code: 'auth.firebase-refused'
    })
  })

  it('refuses text that is no token, and stops guessing after fifty', async () => {
    const other = await server.newSchool()
    for (let guess = 0; guess < 50; guess++) {
      await expect(
        other.anyone.user.signInWithFirebase({ idToken: `no-token-at-all-number-${guess}` })
      ).rejects.toMatchObject({ code: 'auth.firebase-refused' })
    }
    await expect(other.anyone.user.signInWithFirebase({ idToken: 'no-token-at-all-number-51' })).rejects.toMatchObject({
      status: 429
    })
  })

  it('asks for a project id that can be one', async () => {
    const admin = await school.person('administrator')
    await expect(
      admin.api.user.createIdentityProvider({
        name: 'X',
        kind: 'firebase',
        projectId: '../../etc',
        createAccounts: false
      })
    ).rejects.toMatchObject({ problem: { errors: [{ field: '/projectId' }] } })
  })
})
