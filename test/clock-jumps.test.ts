import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

/** A virtual machine that was asleep, a battery that ran out, a time server that lied: the clock jumps, either way. */
let server: TestServer
let moved = 0
beforeAll(async () => {
  server = await startTestServer()
})
afterEach(() => jump(-moved))
afterAll(() => server.close())

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR
const jump = (milliseconds: number): void => {
  server.clock.advance(milliseconds)
  moved += milliseconds
}

const PASSWORD = 'a boat in the morning fog'

/** Somebody with a password, and an administrator. */
async function newcomers() {
  const school = await server.newSchool()
  const administrator = await school.person('administrator', 'ada')
  await administrator.api.user.updateSchool({ selfSignUp: true }, { ifMatch: 1 })
  const email = `lena.${school.slug}@example.test`
  const { accessToken, refreshToken, user } = await school.anyone.user.signUp({
    name: 'Lena',
    email,
    password: PASSWORD
  })
  const as = (token: string) => server.client({ host: school.host, authorization: `Bearer ${token}` })
  return { school, administrator, email, userId: user.id, accessToken, refreshToken, as }
}

const signedIn = { id: expect.any(String) }
const needsRefresh = { status: 401, code: 'auth.access-expired' }

describe('a clock put forward and back', () => {
  it('makes a sign-in refresh itself and ends none', async () => {
    const { school, accessToken, refreshToken, as } = await newcomers()
    jump(3 * HOUR)
    await expect(as(accessToken).user.getMe({})).rejects.toMatchObject(needsRefresh)
    const ahead = await school.anyone.user.refresh({ refreshToken })
    expect(await as(ahead.accessToken).user.getMe({})).toMatchObject(signedIn)
    jump(-3 * HOUR)
    // It would be good for three hours and a quarter: instead it is exchanged for one of today.
    await expect(as(ahead.accessToken).user.getMe({})).rejects.toMatchObject(needsRefresh)
    const again = await school.anyone.user.refresh({ refreshToken: ahead.refreshToken })
    expect(await as(again.accessToken).user.getMe({})).toMatchObject(signedIn)
  })

  it('keeps a locked account locked', async () => {
    const { administrator, accessToken, refreshToken, school, userId, as } = await newcomers()
    jump(2 * DAY)
    const ahead = await school.anyone.user.refresh({ refreshToken })
    jump(-2 * DAY)
    await administrator.api.user.deactivatePerson({ userId })
    for (const token of [accessToken, ahead.accessToken])
      await expect(as(token).user.getMe({})).rejects.toMatchObject(needsRefresh)
    await expect(school.anyone.user.refresh({ refreshToken: ahead.refreshToken })).rejects.toMatchObject({
      status: 401
    })
  })

  it('does not shut out for as long as it jumped whoever was signed out meanwhile', async () => {
    const { school, administrator, email, userId, accessToken, as } = await newcomers()
    jump(365 * DAY)
    const later = await school.anyone.user.signIn({ email, password: PASSWORD })
    expect(await as(later.accessToken).user.getMe({})).toMatchObject(signedIn)
    await server.owner.query(
      `insert into "user".revocation (tenant_id, id, user_id, issued_before, expires_at)
       values ($1, gen_random_uuid(), $2, $3, $3::timestamptz + interval '30 minutes')`,
      [school.id, userId, server.clock.now()]
    )
    jump(-365 * DAY)
    await server.users.revocations.refresh()
    await expect(as(accessToken).user.getMe({})).rejects.toMatchObject(needsRefresh)
    jump(10)
    const fresh = await school.anyone.user.signIn({ email, password: PASSWORD })
    await server.users.revocations.refresh()
    expect(await as(fresh.accessToken).user.getMe({})).toMatchObject(signedIn)
    expect(administrator.id).not.toBe(userId)
  })

  it('forgets wrong guesses of a day that never was, and goes on counting those of today', async () => {
    const { school, email } = await newcomers()
    const guess = (password: string) => school.anyone.user.signIn({ email, password })
    jump(30 * DAY)
    for (let count = 0; count < 5; count++) await expect(guess('wrong')).rejects.toMatchObject({ status: 401 })
    await expect(guess(PASSWORD)).rejects.toMatchObject({ code: 'auth.throttled' })
    jump(-30 * DAY)
    expect(await guess(PASSWORD)).toMatchObject({ user: signedIn })
    for (let count = 0; count < 5; count++) await expect(guess('wrong')).rejects.toMatchObject({ status: 401 })
    await expect(guess(PASSWORD)).rejects.toMatchObject({ code: 'auth.throttled' })
    // Nobody waits longer than was said to them because the clock was put back a little.
    jump(-30_000)
    const refusal = await guess(PASSWORD).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'auth.throttled' })
    jump(20 * 60 * 1000)
    expect(await guess(PASSWORD)).toMatchObject({ user: signedIn })
  })
})

describe('dates of a course', () => {
  async function lesson() {
    const school = await server.newSchool()
    const teacher = await school.person('teacher', 'tomas')
    const learner = await school.person('learner', 'lena')
    const { course } = teacher.api
    const { id: courseId } = await course.createCourse({ title: 'Tides' })
    const { units } = await course.getCourseHome({ courseId })
    const unitId = units[0]?.id ?? ''
    const opensAt = new Date(server.clock.now().getTime() + DAY).toISOString()
    const later = await course.createItem({
      unitId,
      kind: 'page',
      title: 'Later',
      opensAt,
      completion: { kind: 'open' }
    })
    const timed = await course.createItem({
      unitId,
      kind: 'page',
      title: 'Read',
      completion: { kind: 'time', seconds: 60 }
    })
    await course.publishCourse({ courseId })
    await course.enrolPeople({ courseId, role: 'learner', people: [{ email: learner.email }] })
    /** Tokens last a quarter of an hour: after a jump everybody refreshes. */
    const study = async () => {
      const token = await server.users.tokens.issue(
        {
          tenantId: school.id,
          userId: learner.id,
          signInId: learner.id,
          name: learner.name,
          role: 'learner',
          operator: false
        },
        server.clock.now()
      )
      return server.client({ host: school.host, authorization: `Bearer ${token}` }).course
    }
    return { study, later, timed }
  }

  it('open when the clock says so and close again with it; what was completed stays completed', async () => {
    const { study, later } = await lesson()
    expect((await (await study()).getItem({ itemId: later.id })).lock).toMatchObject([{ code: 'opens-at' }])
    jump(2 * DAY)
    expect((await (await study()).getItem({ itemId: later.id })).lock).toEqual([])
    expect(await (await study()).saveProgress({ itemId: later.id, opened: true })).toMatchObject({ state: 'completed' })
    jump(-2 * DAY)
    const item = await (await study()).getItem({ itemId: later.id })
    expect(item).toMatchObject({ state: 'completed', lock: [{ code: 'opens-at' }] })
  })

  it('credit nobody with time that only the clock has seen', async () => {
    const { study, timed } = await lesson()
    const visit = (seconds: number) => ({
      itemId: timed.id,
      visit: { id: '01890000-0000-7000-8000-000000000001', seconds }
    })
    expect(await (await study()).saveProgress(visit(20))).toMatchObject({ secondsSpent: 20 })
    jump(5 * HOUR)
    expect(await (await study()).saveProgress(visit(30))).toMatchObject({ secondsSpent: 30, state: 'in-progress' })
    jump(-8 * HOUR)
    expect(await (await study()).saveProgress(visit(40))).toMatchObject({ secondsSpent: 40, state: 'in-progress' })
    expect(await (await study()).saveProgress(visit(60))).toMatchObject({ secondsSpent: 60, state: 'completed' })
  })
})

describe('an address of a file', () => {
  it('outlives the jump by no more than its own life', async () => {
    const school = await server.newSchool()
    const teacher = await school.person('teacher', 'tomas')
    const id = '01890000-0000-7000-8000-0000000000aa'
    await server.owner.query(
      `insert into file.file (tenant_id, id, name, media_type, size, sha256, key, state, created_by, created_at)
       values ($1, $2, 'a.txt', 'text/plain', 0, 'x', 'nowhere', 'ready', $3, now())`,
      [school.id, id, teacher.id]
    )
    const { url } = await teacher.api.file.getFile({ fileId: id })
    const answer = async () => (await server.app.inject({ url: url ?? '', headers: { host: school.host } })).statusCode
    expect(await answer()).toBe(200)
    jump(9 * HOUR)
    expect(await answer()).toBe(403)
    jump(-9 * HOUR)
    expect(await answer()).toBe(200)
  })
})

describe('jobs and events', () => {
  it('run once each and in order, whichever way the clock went between', async () => {
    const school = await server.newSchool()
    const teacher = await school.person('teacher', 'tomas')
    const learner = await school.person('learner', 'lena')
    const enrolled: string[] = []
    for (const [title, by] of [
      ['first', 0],
      ['second', 0.1 * HOUR],
      ['third', -0.2 * HOUR]
    ] as const) {
      jump(by)
      const token = await server.users.tokens.issue(
        { tenantId: school.id, userId: teacher.id, signInId: teacher.id, name: 'T', role: 'teacher', operator: false },
        server.clock.now()
      )
      const { course } = server.client({ host: school.host, authorization: `Bearer ${token}` })
      const { id: courseId } = await course.createCourse({ title })
      await course.publishCourse({ courseId })
      await course.enrolPeople({ courseId, role: 'learner', people: [{ email: learner.email }] })
      enrolled.push(title)
    }
    await server.worker.drain()
    const { rows } = await server.owner.query<{ title: string }>(
      `select payload ->> 'courseTitle' as title from platform.outbox
       where tenant_id = $1 and name = 'course.learner-enrolled' and relayed_at is not null order by id`,
      [school.id]
    )
    expect(rows.map(({ title }) => title)).toEqual(enrolled)
    const { rows: told } = await server.owner.query(
      `select id from notification.notification where tenant_id = $1 and user_id = $2`,
      [school.id, learner.id]
    )
    expect(told).toHaveLength(3)
  })
})
