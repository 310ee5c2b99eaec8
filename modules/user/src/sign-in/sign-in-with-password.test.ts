import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashPassword } from '../person/password.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('signing in', () => {
  const withPassword = async () => {
    const school = await server.newSchool()
    const ana = await school.person('learner', 'ana')
    await server.owner.query(`update "user".person set password_hash = $1 where id = $2`, [
      await hashPassword('a long enough phrase'),
      ana.id
    ])
    return { school, ana }
  }

  it('answers with tokens that work', async () => {
    const { school, ana } = await withPassword()
    const { accessToken, user } = await school.anyone.user.signIn({
      email: ana.email.toUpperCase(),
      password: 'a long enough phrase'
    })
    expect(user.id).toBe(ana.id)
    const me = await server.client({ host: school.host, authorization: `Bearer ${accessToken}` }).user.getMe({})
    expect(me).toMatchObject({ name: 'Ana', role: 'learner', permissions: [] })
  })

  it('refuses a wrong password with a stable code, and counts it', async () => {
    const { school, ana } = await withPassword()
    for (let guess = 0; guess < 5; guess++) {
      await expect(school.anyone.user.signIn({ email: ana.email, password: `wrong ${guess}` })).rejects.toMatchObject({
        status: 401,
        code: 'auth.sign-in-failed'
      })
    }
    await expect(
      school.anyone.user.signIn({ email: ana.email, password: 'a long enough phrase' })
    ).rejects.toMatchObject({ status: 429, code: 'auth.throttled' })
    server.clock.advance(16 * 60 * 1000)
    await expect(
      school.anyone.user.signIn({ email: ana.email, password: 'a long enough phrase' })
    ).resolves.toMatchObject({ expiresIn: 900 })
  })

  it('takes each refresh token once, and ends the sign-in when an old one comes back', async () => {
    const { school, ana } = await withPassword()
    const first = await school.anyone.user.signIn({ email: ana.email, password: 'a long enough phrase' })
    const second = await school.anyone.user.refresh({ refreshToken: first.refreshToken })
    expect(second.refreshToken).not.toBe(first.refreshToken)
    server.clock.advance(60_000)
    await expect(school.anyone.user.refresh({ refreshToken: first.refreshToken })).rejects.toMatchObject({
      code: 'auth.refresh-reused'
    })
    await expect(school.anyone.user.refresh({ refreshToken: second.refreshToken })).rejects.toMatchObject({
      code: 'auth.refresh-refused'
    })
  })

  it('is asked for where nobody is signed in', async () => {
    const school = await server.newSchool()
    await expect(school.anyone.user.getMe({})).rejects.toMatchObject({ status: 401, code: 'auth.sign-in-required' })
  })
})
