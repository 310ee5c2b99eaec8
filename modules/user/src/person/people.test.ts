import { anyone, asInternal, installation } from '@lyceum/platform/caller'
import { noRequest } from '@lyceum/platform/runtime'
import { startTestServer, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { userContract } from '../contract.ts'
import { changesOf, mailsOf, secretFor } from '../testing/mailbox.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** What another module sees, asking for itself or for somebody. */
const asModule = ({ id }: TestSchool, caller = installation(id)) =>
  server.runtime.runner('course', { caller, request: noRequest }).asking.call(userContract)

const signedIn = async (school: TestSchool, email: string, password: string) => {
  const { accessToken, refreshToken } = await school.anyone.user.signIn({ email, password })
  return { refreshToken, api: server.client({ host: school.host, authorization: `Bearer ${accessToken}` }) }
}

/** Somebody with a password and a sign-in of their own, invited by an administrator. */
async function accepted(school: TestSchool, role: 'teacher' | 'learner' | 'administrator' = 'learner') {
  const admin = await school.person('administrator', 'admin')
  const email = `invited.${role}@example.test`
  const person = await admin.api.user.invitePerson({ name: 'Invited Person', email, role })
  const token = await secretFor(server, school, 'invitation', email)
  const password = 'correct horse battery'
  const session = await school.anyone.user.acceptInvitation({ token, name: 'Invited Person', password })
  const api = server.client({ host: school.host, authorization: `Bearer ${session.accessToken}` })
  return { admin, person, email, password, token, session, api }
}

describe('inviting', () => {
  it('makes a waiting account and sends a link to the school’s own host', async () => {
    const school = await server.newSchool()
    const admin = await school.person('administrator', 'olga')
    const person = await admin.api.user.invitePerson({ name: '  Zoë Ng ', email: 'Zoe@Example.test', role: 'teacher' })
    expect(person).toMatchObject({ name: 'Zoë Ng', email: 'Zoe@Example.test', status: 'invited', emailVerified: false })
    const [mail] = await mailsOf(server, school)
    expect(mail).toMatchObject({ template: 'invitation', to: 'Zoe@Example.test', locale: 'en' })
    expect(mail?.values).toMatchObject({ invitedBy: 'Olga', schoolName: expect.stringContaining('School') })
    expect(mail?.values.link).toMatch(new RegExp(`^http://${school.host}/invitation/[\\w-]{43}$`))
    expect(await changesOf(server, school)).toEqual([expect.objectContaining({ userId: person.id, status: 'invited' })])
  })

  it('keeps only a digest of the link', async () => {
    const school = await server.newSchool()
    const { token } = await accepted(school)
    const { rows } = await server.owner.query(`select * from "user".secret_link where tenant_id = $1`, [school.id])
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  it('refuses an address that has an account, whatever its case', async () => {
    const school = await server.newSchool()
    const { admin, email } = await accepted(school)
    await expect(
      admin.api.user.invitePerson({ name: 'Again', email: email.toUpperCase(), role: 'learner' })
    ).rejects.toMatchObject({ status: 409, code: 'user.email-taken' })
  })

  it('is for administrators', async () => {
    const school = await server.newSchool()
    const teacher = await school.person('teacher')
    await expect(
      teacher.api.user.invitePerson({ name: 'N', email: 'n@example.test', role: 'learner' })
    ).rejects.toMatchObject({ status: 403 })
  })
})

describe('accepting an invitation', () => {
  it('says who invited, activates the account and signs in', async () => {
    const school = await server.newSchool()
    const admin = await school.person('administrator', 'olga')
    await admin.api.user.invitePerson({ name: 'Ivo', email: 'ivo@example.test', role: 'teacher' })
    const token = await secretFor(server, school, 'invitation', 'ivo@example.test')
    await expect(school.anyone.user.getInvitation({ token })).resolves.toMatchObject({
      email: 'ivo@example.test',
      role: 'teacher',
      invitedBy: 'Olga'
    })
    const { user } = await school.anyone.user.acceptInvitation({ token, name: 'Ivo B', password: 'a rather long one' })
    expect(user).toMatchObject({ name: 'Ivo B', status: 'active', emailVerified: true, role: 'teacher' })
    const { api } = await signedIn(school, 'ivo@example.test', 'a rather long one')
    await expect(api.user.getMe({})).resolves.toMatchObject({ name: 'Ivo B' })
  })

  it('works once, even for two at the same moment', async () => {
    const school = await server.newSchool()
    const admin = await school.person('administrator', 'olga')
    await admin.api.user.invitePerson({ name: 'Ivo', email: 'ivo@example.test', role: 'teacher' })
    const token = await secretFor(server, school, 'invitation', 'ivo@example.test')
    const both = await Promise.allSettled(
      ['first of two phrases', 'second of two phrases'].map((password) =>
        school.anyone.user.acceptInvitation({ token, name: 'Ivo', password })
      )
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(school.anyone.user.getInvitation({ token })).rejects.toMatchObject({ code: 'auth.link-invalid' })
  })

  it('ends after 14 days, and when a newer invitation is sent', async () => {
    const school = await server.newSchool()
    const admin = await school.person('administrator', 'olga')
    const { id } = await admin.api.user.invitePerson({ name: 'Ivo', email: 'ivo@example.test', role: 'teacher' })
    const old = await secretFor(server, school, 'invitation', 'ivo@example.test')
    await admin.api.user.resendInvitation({ userId: id })
    const token = await secretFor(server, school, 'invitation', 'ivo@example.test')
    expect(token).not.toBe(old)
    await expect(school.anyone.user.getInvitation({ token: old })).rejects.toMatchObject({ code: 'auth.link-invalid' })
    server.clock.advance(14 * 24 * 60 * 60 * 1000 - 60_000)
    await expect(school.anyone.user.getInvitation({ token })).resolves.toMatchObject({ name: 'Ivo' })
    server.clock.advance(120_000)
    await expect(school.anyone.user.getInvitation({ token })).rejects.toMatchObject({ code: 'auth.link-invalid' })
  })

  it('refuses a password everybody uses, and keeps the link good', async () => {
    const school = await server.newSchool()
    const admin = await school.person('administrator', 'olga')
    await admin.api.user.invitePerson({ name: 'Ivo', email: 'ivo@example.test', role: 'teacher' })
    const token = await secretFor(server, school, 'invitation', 'ivo@example.test')
    await expect(
      school.anyone.user.acceptInvitation({ token, name: 'Ivo', password: 'password123' })
    ).rejects.toMatchObject({ status: 400, code: 'user.password-refused' })
    await expect(school.anyone.user.getInvitation({ token })).resolves.toMatchObject({ name: 'Ivo' })
  })

  it('stops guessing after fifty wrong links from one address', async () => {
    const fresh = await server.newSchool()
    for (let guess = 0; guess < 50; guess++) {
      await expect(fresh.anyone.user.getInvitation({ token: `guess-number-${guess}-of-many` })).rejects.toMatchObject({
        code: 'auth.link-invalid'
      })
    }
    await expect(fresh.anyone.user.getInvitation({ token: 'guess-number-51-of-many' })).rejects.toMatchObject({
      status: 429
    })
  })
})

describe('changing a role', () => {
  it('counts at once, and refreshing brings the new one', async () => {
    const school = await server.newSchool()
    const { admin, person, api, session } = await accepted(school, 'teacher')
    await expect(api.user.listPeople({})).resolves.toMatchObject({ total: 2 })
    const { version } = await admin.api.user.getPerson({ userId: person.id })
    await admin.api.user.updatePerson({ userId: person.id, role: 'learner' }, { ifMatch: version })
    await expect(api.user.listPeople({})).rejects.toMatchObject({ status: 401, code: 'auth.access-expired' })
    const next = await school.anyone.user.refresh({ refreshToken: session.refreshToken })
    expect(next.user).toMatchObject({ role: 'learner', permissions: [] })
    const later = server.client({ host: school.host, authorization: `Bearer ${next.accessToken}` })
    await expect(later.user.getMe({})).resolves.toMatchObject({ role: 'learner' })
    await expect(later.user.listPeople({})).rejects.toMatchObject({ status: 403 })
    expect((await changesOf(server, school)).at(-1)).toMatchObject({ userId: person.id, role: 'learner' })
  })

  it('asks for the version that is edited', async () => {
    const school = await server.newSchool()
    const { admin, person } = await accepted(school)
    await expect(admin.api.user.updatePerson({ userId: person.id, name: 'New' }, { ifMatch: 1 })).rejects.toMatchObject(
      { status: 412, problem: { facts: { version: 2 } } }
    )
  })

  it('leaves the school an administrator', async () => {
    const school = await server.newSchool()
    const admin = await school.person('administrator')
    await expect(
      admin.api.user.updatePerson({ userId: admin.id, role: 'teacher' }, { ifMatch: 1 })
    ).rejects.toMatchObject({ status: 409, code: 'user.last-administrator' })
    await expect(admin.api.user.deactivatePerson({ userId: admin.id })).rejects.toMatchObject({
      status: 409,
      code: 'user.last-administrator'
    })
  })

  it('does not let two administrators demote each other at once', async () => {
    const school = await server.newSchool()
    const [one, two] = [await school.person('administrator', 'one'), await school.person('administrator', 'two')]
    const gate = await server.owner.connect()
    await gate.query('begin')
    await gate.query(`select from "user".person where tenant_id = $1 for update`, [school.id])
    const both = Promise.allSettled([
      one.api.user.updatePerson({ userId: two.id, role: 'teacher' }, { ifMatch: 1 }),
      two.api.user.updatePerson({ userId: one.id, role: 'teacher' }, { ifMatch: 1 })
    ])
    await vi.waitFor(async () => {
      const { rowCount } = await server.owner.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      )
      expect(rowCount).toBe(2)
    })
    await gate.query('commit')
    gate.release()
    expect(await both).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'fulfilled' }),
        expect.objectContaining({ reason: expect.objectContaining({ code: 'user.last-administrator' }) })
      ])
    )
  })

  it('is not done to oneself', async () => {
    const school = await server.newSchool()
    const admin = await school.person('administrator', 'one')
    await school.person('administrator', 'two')
    await expect(
      admin.api.user.updatePerson({ userId: admin.id, role: 'teacher' }, { ifMatch: 1 })
    ).rejects.toMatchObject({ status: 403, code: 'user.own-role' })
  })
})

describe('locking an account', () => {
  it('ends its sign-ins at once and bars the way back', async () => {
    const school = await server.newSchool()
    const { admin, person, api, session, email, password } = await accepted(school)
    await expect(admin.api.user.deactivatePerson({ userId: person.id })).resolves.toMatchObject({
      status: 'deactivated'
    })
    await expect(api.user.getMe({})).rejects.toMatchObject({ status: 401 })
    await expect(school.anyone.user.refresh({ refreshToken: session.refreshToken })).rejects.toMatchObject({
      code: 'auth.refresh-refused'
    })
    await expect(school.anyone.user.signIn({ email, password })).rejects.toMatchObject({
      code: 'auth.account-deactivated'
    })
    await expect(admin.api.user.reactivatePerson({ userId: person.id })).resolves.toMatchObject({ status: 'active' })
    await expect(school.anyone.user.refresh({ refreshToken: session.refreshToken })).rejects.toMatchObject({
      code: 'auth.refresh-refused'
    })
    await expect(school.anyone.user.signIn({ email, password })).resolves.toMatchObject({ expiresIn: 900 })
  })
})

describe('the list of people', () => {
  it('finds by the beginning of any word of name and address, accents or not, page by page', async () => {
    const school = await server.newSchool()
    const admin = await school.person('administrator', 'zz admin')
    await asModule(school).ensurePeople({
      invite: false,
      people: [
        { name: 'Ana García', email: 'ana.garcia@example.test', role: 'learner' },
        { name: 'Beatriz Núñez', email: 'bn@garden.test', role: 'teacher' },
        { name: 'Ángel Ruiz', email: 'a.ruiz@example.test', role: 'learner' },
        { name: 'فاطمة الزهراء', email: 'fz@example.test', role: 'learner' }
      ]
    })
    const found = async (search: string) =>
      (await admin.api.user.listPeople({ search })).entries.map(({ name }) => name)
    expect(await found('gar')).toEqual(['Ana García'])
    expect(await found('garcia ana')).toEqual(['Ana García'])
    expect(await found('nunez')).toEqual(['Beatriz Núñez'])
    expect(await found('BN@gard')).toEqual(['Beatriz Núñez'])
    expect(await found('الز')).toEqual(['فاطمة الزهراء'])
    expect(await found('arcia')).toEqual([])
    const first = await admin.api.user.listPeople({ limit: 2 })
    expect(first).toMatchObject({ total: 5, entries: [{ name: 'Ana García' }, { name: 'Ángel Ruiz' }] })
    const second = await admin.api.user.listPeople({ limit: 3, cursor: first.nextCursor ?? '' })
    expect(second.entries.map(({ name }) => name)).toEqual(['Beatriz Núñez', 'Zz admin', 'فاطمة الزهراء'])
    expect(second.nextCursor).toBeNull()
    expect(await admin.api.user.listPeople({ role: 'teacher', status: 'invited' })).toMatchObject({ total: 1 })
    expect(await admin.api.user.listPeople({ status: 'active' })).toMatchObject({ total: 1 })
  })
})

describe('making many accounts', () => {
  it('returns known ones as they are and makes and invites the others once', async () => {
    const school = await server.newSchool()
    const known = await school.person('teacher', 'known')
    const { people } = await asModule(school).ensurePeople({
      invite: true,
      people: [
        { name: 'Somebody Else', email: known.email.toUpperCase(), role: 'learner' },
        { name: 'New', email: 'new@example.test', role: 'learner' },
        { name: 'New Twice', email: 'NEW@example.test', role: 'learner' }
      ]
    })
    expect(people).toEqual([
      expect.objectContaining({ id: known.id, name: 'Known', role: 'teacher', created: false }),
      expect.objectContaining({ email: 'NEW@example.test', status: 'invited', created: true })
    ])
    expect((await mailsOf(server, school)).map(({ to }) => to)).toEqual(['NEW@example.test'])
  })

  it('makes an account active at once with a password, and asks to confirm the address', async () => {
    const school = await server.newSchool()
    const password = 'from a join link'
    const { people } = await asModule(school, asInternal(anyone(school.id))).ensurePeople({
      invite: false,
      password,
      people: [{ name: 'Joiner', email: 'joiner@example.test', role: 'learner' }]
    })
    expect(people).toMatchObject([{ status: 'active', emailVerified: false, created: true }])
    expect(await mailsOf(server, school)).toMatchObject([{ template: 'email-verification' }])
    await expect(school.anyone.user.signIn({ email: 'joiner@example.test', password })).resolves.toBeTruthy()
  })

  it('does not let a teacher make an administrator by way of another module', async () => {
    const school = await server.newSchool()
    const teacher = await school.person('teacher')
    const caller = asInternal({ ...anyone(school.id), userId: teacher.id, permissions: ['course:author'] })
    await expect(
      asModule(school, caller).ensurePeople({
        invite: true,
        people: [{ name: 'X', email: 'x@example.test', role: 'administrator' }]
      })
    ).rejects.toMatchObject({ code: 'user.administrator-refused' })
  })

  it('removes only those that nobody has used', async () => {
    const school = await server.newSchool()
    const used = await school.person('learner', 'used')
    const { people } = await asModule(school).ensurePeople({
      invite: false,
      people: [{ name: 'Unused', email: 'unused@example.test', role: 'learner' }]
    })
    const unused = people[0]?.id ?? ''
    await expect(asModule(school).removeUnusedPeople({ userIds: [used.id, unused] })).resolves.toEqual({
      removed: [unused]
    })
    expect((await changesOf(server, school)).at(-1)).toMatchObject({ userId: unused, status: 'deactivated' })
    await expect(asModule(school).lookUpPeople({ userIds: [used.id, unused] })).resolves.toMatchObject({
      people: [{ id: used.id }]
    })
  })

  it('is not open to anyone outside', async () => {
    const school = await server.newSchool()
    const { statusCode } = await server.app.inject({
      method: 'POST',
      url: '/api/v1/internal/people/ensure',
      headers: { host: school.host },
      payload: { people: [], invite: false }
    })
    expect(statusCode).toBe(404)
  })
})

it('explains what somebody may do and why', async () => {
  const school = await server.newSchool()
  const admin = await school.person('administrator')
  const teacher = await school.person('teacher')
  const { permissions } = await admin.api.user.explainPermissions({ userId: teacher.id })
  expect(permissions).toContainEqual({ permission: 'course:author', granted: true, because: 'role teacher' })
  expect(permissions).toContainEqual({
    permission: 'people:manage',
    granted: false,
    because: 'role teacher; needs administrator'
  })
})
