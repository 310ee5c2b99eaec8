import { installation } from '@lyceum/platform/caller'
import { noRequest } from '@lyceum/platform/runtime'
import { startTestServer, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashPassword } from '../person/password.ts'
import { ExpireOld } from '../sign-in/expire-old.ts'
import { changesOf, mailsOf, secretFor } from '../testing/mailbox.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const PASSWORD = 'a long enough phrase'

let server: TestServer
let passwordHash: string
beforeAll(async () => {
  server = await startTestServer()
  passwordHash = await hashPassword(PASSWORD)
})
afterAll(() => server.close())

/** Somebody with a password, and what each of their devices may do. */
async function somebody() {
  const school = await server.newSchool()
  const person = await school.person('learner', 'ana')
  await server.owner.query(`update "user".person set password_hash = $1, email_verified_at = null where id = $2`, [
    passwordHash,
    person.id
  ])
  const device = async (password = PASSWORD) => {
    const session = await school.anyone.user.signIn({ email: person.email, password })
    return { session, api: server.client({ host: school.host, authorization: `Bearer ${session.accessToken}` }) }
  }
  return { school, person, device }
}

const expired = { status: 401, code: 'auth.access-expired' }

async function openSchool(): Promise<TestSchool> {
  const school = await server.newSchool()
  await server.owner.query(`update "user".tenant set self_sign_up = true where id = $1`, [school.id])
  return school
}

describe('forgetting the password', () => {
  it('sends a link that sets a new one, once, and ends every other sign-in at once', async () => {
    const { school, person, device } = await somebody()
    const phone = await device()
    await school.anyone.user.requestPasswordReset({ email: person.email.toUpperCase() })
    const token = await secretFor(server, school, 'password-reset', person.email)
    await expect(school.anyone.user.getPasswordReset({ token })).resolves.toMatchObject({ email: person.email })
    const password = 'another long phrase'
    const { user } = await school.anyone.user.resetPassword({ token, password })
    expect(user).toMatchObject({ id: person.id, emailVerified: true })
    await expect(phone.api.user.getMe({})).rejects.toMatchObject(expired)
    await expect(school.anyone.user.resetPassword({ token, password })).rejects.toMatchObject({
      code: 'auth.link-invalid'
    })
    await expect(device()).rejects.toMatchObject({ code: 'auth.sign-in-failed' })
    await expect(device(password)).resolves.toBeTruthy()
    expect((await mailsOf(server, school)).at(-1)).toMatchObject({ template: 'password-changed', to: person.email })
  })

  it('answers and works the same for an address nobody has', async () => {
    const { school, person } = await somebody()
    const ask = async (email: string) => {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/api/v1/auth/password-resets',
        headers: { host: school.host },
        payload: { email }
      })
      return { status: answer.statusCode, body: answer.body }
    }
    const known = await ask(person.email)
    expect(await ask('nobody@example.test')).toEqual(known)
    expect(known).toEqual({ status: 202, body: '{"done":true}' })
    // Both were looked up by a job and not in the request, so the delay cannot differ.
    expect((await mailsOf(server, school)).map(({ to }) => to)).toEqual([person.email])
  })

  it('ends the link after an hour, and when a newer one is sent', async () => {
    const { school, person } = await somebody()
    await school.anyone.user.requestPasswordReset({ email: person.email })
    const old = await secretFor(server, school, 'password-reset', person.email)
    await school.anyone.user.requestPasswordReset({ email: person.email })
    const token = await secretFor(server, school, 'password-reset', person.email)
    await expect(school.anyone.user.getPasswordReset({ token: old })).rejects.toMatchObject({ status: 404 })
    server.clock.advance(59 * MINUTE)
    await expect(school.anyone.user.getPasswordReset({ token })).resolves.toBeTruthy()
    server.clock.advance(2 * MINUTE)
    await expect(school.anyone.user.getPasswordReset({ token })).rejects.toMatchObject({ status: 404 })
  })

  it('sends the invitation again to somebody who never accepted it', async () => {
    const school = await server.newSchool()
    const admin = await school.person('administrator')
    await admin.api.user.invitePerson({ name: 'Ivo', email: 'ivo@example.test', role: 'learner' })
    await school.anyone.user.requestPasswordReset({ email: 'ivo@example.test' })
    expect((await mailsOf(server, school)).map(({ template }) => template)).toEqual(['invitation', 'invitation'])
  })

  it('is asked for five times, then waits', async () => {
    const school = await server.newSchool()
    for (let time = 0; time < 5; time++) await school.anyone.user.requestPasswordReset({ email: 'a@example.test' })
    await expect(school.anyone.user.requestPasswordReset({ email: 'a@example.test' })).rejects.toMatchObject({
      status: 429
    })
    await expect(school.anyone.user.requestPasswordReset({ email: 'b@example.test' })).resolves.toBeTruthy()
  })

  it('does not believe a Host header that is not the school’s when it writes the link', async () => {
    const { school, person } = await somebody()
    await server.app.inject({
      method: 'POST',
      url: '/api/v1/auth/password-resets',
      headers: { host: 'evil.test', 'x-lyceum-tenant': school.slug },
      payload: { email: person.email }
    })
    const [mail] = await mailsOf(server, school)
    expect(new URL(mail?.values.link ?? '').hostname).toBe(school.host)
  })
})

describe('changing the password', () => {
  it('keeps this sign-in and ends the others at once', async () => {
    const { school, person, device } = await somebody()
    const [here, there] = [await device(), await device()]
    await here.api.user.changePassword({ currentPassword: PASSWORD, newPassword: 'another long phrase' })
    await expect(here.api.user.getMe({})).resolves.toMatchObject({ id: person.id })
    await expect(there.api.user.getMe({})).rejects.toMatchObject(expired)
    await expect(school.anyone.user.refresh({ refreshToken: there.session.refreshToken })).rejects.toMatchObject({
      code: 'auth.refresh-refused'
    })
    await expect(school.anyone.user.refresh({ refreshToken: here.session.refreshToken })).resolves.toBeTruthy()
  })

  it('asks for the current one, and counts wrong ones with those of the sign-in page', async () => {
    const { device } = await somebody()
    const here = await device()
    for (let guess = 0; guess < 5; guess++) {
      await expect(
        here.api.user.changePassword({ currentPassword: `wrong ${guess}`, newPassword: 'another long phrase' })
      ).rejects.toMatchObject({ status: 400, code: 'user.current-password-wrong' })
    }
    await expect(
      here.api.user.changePassword({ currentPassword: PASSWORD, newPassword: 'another long phrase' })
    ).rejects.toMatchObject({ status: 429 })
  })

  it('refuses one made of the own name', async () => {
    const { device, person } = await somebody()
    const here = await device()
    await expect(
      here.api.user.changePassword({ currentPassword: PASSWORD, newPassword: person.email })
    ).rejects.toMatchObject({ code: 'user.password-refused' })
  })
})

describe('own sign-ins', () => {
  it('are listed newest first, with this one marked', async () => {
    const { device } = await somebody()
    const first = await device()
    server.clock.advance(MINUTE)
    const second = await device()
    const { entries } = await second.api.user.listSignIns({})
    expect(entries.map(({ current, method }) => ({ current, method }))).toEqual([
      { current: true, method: 'password' },
      { current: false, method: 'password' }
    ])
    const page = await first.api.user.listSignIns({ limit: 1 })
    const rest = await first.api.user.listSignIns({ limit: 1, cursor: page.nextCursor ?? '' })
    expect(rest).toMatchObject({ entries: [{ current: true }], nextCursor: null })
  })

  it('end one by one, and at once', async () => {
    const { device } = await somebody()
    const [here, lost] = [await device(), await device()]
    const { entries } = await here.api.user.listSignIns({})
    const signInId = entries.find(({ current }) => !current)?.id ?? ''
    await here.api.user.endSignIn({ signInId })
    await expect(lost.api.user.getMe({})).rejects.toMatchObject(expired)
    await expect(here.api.user.getMe({})).resolves.toBeTruthy()
    await expect(here.api.user.endSignIn({ signInId })).rejects.toMatchObject({ status: 404 })
  })

  it('of somebody else cannot be ended', async () => {
    const { school, device } = await somebody()
    const ana = await device()
    const [{ id = '' } = {}] = (await ana.api.user.listSignIns({})).entries
    const other = await school.person('administrator')
    await expect(other.api.user.endSignIn({ signInId: id })).rejects.toMatchObject({ status: 404 })
  })

  it('end everywhere at once, access tokens included', async () => {
    const { school, device } = await somebody()
    const [here, there] = [await device(), await device()]
    await here.api.user.endAllSignIns({})
    for (const { api, session } of [here, there]) {
      await expect(api.user.getMe({})).rejects.toMatchObject(expired)
      await expect(school.anyone.user.refresh({ refreshToken: session.refreshToken })).rejects.toMatchObject({
        code: 'auth.refresh-refused'
      })
    }
    server.clock.advance(1000)
    const again = await device()
    await expect(again.api.user.getMe({})).resolves.toBeTruthy()
  })
})

describe('refreshing', () => {
  it('takes the token before for half a minute, for an answer lost on the way', async () => {
    const { school, device } = await somebody()
    const { session } = await device()
    await school.anyone.user.refresh({ refreshToken: session.refreshToken })
    server.clock.advance(29_000)
    await expect(school.anyone.user.refresh({ refreshToken: session.refreshToken })).resolves.toBeTruthy()
  })

  it('ends the sign-in and its access tokens when an old token comes back later', async () => {
    const { school, device } = await somebody()
    const { session } = await device()
    const next = await school.anyone.user.refresh({ refreshToken: session.refreshToken })
    const api = server.client({ host: school.host, authorization: `Bearer ${next.accessToken}` })
    await expect(api.user.getMe({})).resolves.toBeTruthy()
    server.clock.advance(31_000)
    await expect(school.anyone.user.refresh({ refreshToken: session.refreshToken })).rejects.toMatchObject({
      code: 'auth.refresh-reused'
    })
    await server.users.revocations.refresh()
    await expect(api.user.getMe({})).rejects.toMatchObject(expired)
  })

  it('ends after 30 days without use', async () => {
    const { school, device } = await somebody()
    const { session } = await device()
    server.clock.advance(30 * DAY + MINUTE)
    await expect(school.anyone.user.refresh({ refreshToken: session.refreshToken })).rejects.toMatchObject({
      code: 'auth.refresh-refused'
    })
  })
})

describe('confirming an address', () => {
  it('works once, with the newest link', async () => {
    const { school, person, device } = await somebody()
    const { api } = await device()
    await api.user.sendEmailVerification({})
    const token = await secretFor(server, school, 'email-verification', person.email)
    await expect(school.anyone.user.verifyEmail({ token })).resolves.toEqual({ email: person.email })
    await expect(api.user.getMe({})).resolves.toMatchObject({ emailVerified: true })
    await expect(school.anyone.user.verifyEmail({ token })).rejects.toMatchObject({ status: 404 })
    await api.user.sendEmailVerification({})
    expect(await mailsOf(server, school)).toHaveLength(1)
  })

  it('is not done with a link of another purpose', async () => {
    const { school, person } = await somebody()
    await school.anyone.user.requestPasswordReset({ email: person.email })
    const token = await secretFor(server, school, 'password-reset', person.email)
    await expect(school.anyone.user.verifyEmail({ token })).rejects.toMatchObject({ status: 404 })
  })

  it('is possible for three days', async () => {
    const { school, person, device } = await somebody()
    const { api } = await device()
    await api.user.sendEmailVerification({})
    const token = await secretFor(server, school, 'email-verification', person.email)
    server.clock.advance(3 * DAY + MINUTE)
    await expect(school.anyone.user.verifyEmail({ token })).rejects.toMatchObject({ status: 404 })
  })
})

describe('signing up', () => {
  it('makes a learner, signs in and asks to confirm the address', async () => {
    const school = await openSchool()
    const { user } = await school.anyone.user.signUp({ name: 'Lea', email: 'lea@example.test', password: PASSWORD })
    expect(user).toMatchObject({ role: 'learner', status: 'active', emailVerified: false, permissions: [] })
    expect(await mailsOf(server, school)).toMatchObject([{ template: 'email-verification', to: 'lea@example.test' }])
    await expect(
      school.anyone.user.signUp({ name: 'Lea', email: 'LEA@example.test', password: PASSWORD })
    ).rejects.toMatchObject({ status: 409, code: 'user.email-taken' })
  })

  it('is refused where the school does not want it', async () => {
    const school = await server.newSchool()
    await expect(
      school.anyone.user.signUp({ name: 'Lea', email: 'lea@example.test', password: PASSWORD })
    ).rejects.toMatchObject({ status: 403, code: 'auth.sign-up-closed' })
  })
})

describe('own details', () => {
  it('change, and the other modules hear of it', async () => {
    const { school, person, device } = await somebody()
    const { api } = await device()
    await expect(api.user.updateMe({ name: ' Ana B ', locale: 'ar', timeZone: 'Africa/Cairo' })).resolves.toMatchObject(
      { name: 'Ana B', locale: 'ar', timeZone: 'Africa/Cairo', version: 2 }
    )
    expect((await changesOf(server, school)).at(-1)).toMatchObject({ userId: person.id, name: 'Ana B', locale: 'ar' })
    await school.anyone.user.requestPasswordReset({ email: person.email })
    expect((await mailsOf(server, school)).at(-1)).toMatchObject({ locale: 'ar' })
  })

  it('refuse a blank name and a time zone that does not exist', async () => {
    const { device } = await somebody()
    const { api } = await device()
    await expect(api.user.updateMe({ name: '   ' })).rejects.toMatchObject({ status: 400 })
    await expect(api.user.updateMe({ timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
      problem: { errors: [{ field: '/timeZone' }] }
    })
  })
})

it('forgets what is old, and nothing else', async () => {
  const { school, person, device } = await somebody()
  await device()
  await expect(school.anyone.user.signIn({ email: person.email, password: 'wrong' })).rejects.toBeTruthy()
  await school.anyone.user.requestPasswordReset({ email: person.email })
  const count = async (table: string) => {
    const { rows } = await server.owner.query(`select from "user".${table} where tenant_id = $1`, [school.id])
    return rows.length
  }
  const clean = async () => {
    await server.runtime
      .runner('user', { caller: installation(school.id), request: noRequest })
      .transact(({ enqueue }) => enqueue(ExpireOld, {}))
    await server.worker.drain()
  }
  await clean()
  expect([await count('secret_link'), await count('throttle'), await count('sign_in')]).toEqual([1, 3, 1])
  server.clock.advance(8 * DAY)
  await clean()
  expect([await count('secret_link'), await count('throttle'), await count('sign_in')]).toEqual([0, 0, 1])
  server.clock.advance(150 * DAY)
  await clean()
  expect(await count('sign_in')).toBe(0)
})
