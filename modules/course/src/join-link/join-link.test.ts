import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const ended = { status: 404, code: 'join-link.ended', message: expect.stringContaining('Ask your teacher') }

const newLink = async (limits: { maxUses?: number; expiresAt?: string; role?: 'learner' | 'observer' } = {}) => {
  const school = await server.newSchool()
  const teacher = await school.person('teacher', 'teacher')
  const { id: courseId } = await teacher.api.course.createCourse({ title: 'Pottery', description: 'With clay' })
  const link = await teacher.api.course.createJoinLink({ role: 'learner', ...limits, courseId })
  const token = link.url.split('/').at(-1) ?? ''
  const links = async () => (await teacher.api.course.listJoinLinks({ courseId })).entries
  const learners = async () => (await teacher.api.course.listEnrolments({ courseId, role: 'learner' })).total
  return { school, teacher, courseId, link, token, links, learners }
}

describe('a join link', () => {
  it('says to anyone where it leads, by an address of the school that nobody can guess', async () => {
    const { school, link, token, courseId } = await newLink()
    expect(new URL(link.url).hostname).toBe(school.host)
    expect(token).toMatch(/^[\w-]{22}$/)
    expect(link).toMatchObject({ courseId, role: 'learner', uses: 0, maxUses: null, expiresAt: null })
    expect(await school.anyone.course.getJoinLink({ token })).toEqual({
      courseTitle: 'Pottery',
      description: 'With clay',
      role: 'learner'
    })
  })

  it('enrols whoever opens it signed in, and is used once by each however often they open it', async () => {
    const { school, token, courseId, links, learners } = await newLink()
    const ana = await school.person('learner', 'ana')
    for (let time = 0; time < 3; time++) expect(await ana.api.course.join({ token })).toEqual({ courseId })
    await Promise.all([1, 2].map(() => ana.api.course.join({ token })))
    expect(await links()).toMatchObject([{ uses: 1 }])
    expect(await learners()).toBe(1)
  })

  it('is not used beyond its limit by people who open it at the same moment', async () => {
    const { school, token, links, learners } = await newLink({ maxUses: 3 })
    const people = await Promise.all(Array.from({ length: 10 }, (_, n) => school.person('learner', `p${n}`)))
    const results = await Promise.allSettled(people.map(({ api }) => api.course.join({ token })))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    const [refused] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    expect(refused).toMatchObject(ended)
    expect(await links()).toMatchObject([{ uses: 3 }])
    expect(await learners()).toBe(3)
  })

  it('counts a person who opens it twice at the same moment once', async () => {
    const { school, token, courseId, links } = await newLink({ maxUses: 1 })
    const ana = await school.person('learner', 'ana')
    expect(await Promise.all([1, 2, 3].map(() => ana.api.course.join({ token })))).toEqual(Array(3).fill({ courseId }))
    expect(await links()).toMatchObject([{ uses: 1 }])
  })

  it('stops working when it expires, is deleted, or its course is gone, and says what to do', async () => {
    const expired = await newLink({ expiresAt: new Date(server.clock.now().getTime() + 60_000).toISOString() })
    const deleted = await newLink()
    const binned = await newLink()
    const archived = await newLink()
    const ana = await deleted.school.person('learner', 'ana')
    await deleted.teacher.api.course.deleteJoinLink({ joinLinkId: deleted.link.id })
    expect(await deleted.links()).toEqual([])
    await binned.teacher.api.course.deleteCourse({ courseId: binned.courseId })
    await archived.teacher.api.course.archiveCourse({ courseId: archived.courseId })
    server.clock.advance(61_000)
    for (const { school, token } of [expired, deleted, binned, archived])
      await expect(school.anyone.course.getJoinLink({ token })).rejects.toMatchObject(ended)
    await expect(ana.api.course.join({ token: deleted.token })).rejects.toMatchObject(ended)
    await expect(ana.api.course.join({ token: 'A'.repeat(22) })).rejects.toMatchObject(ended)
  })

  it('works in its own school only', async () => {
    const { token } = await newLink()
    const other = await server.newSchool()
    await expect(other.anyone.course.getJoinLink({ token })).rejects.toMatchObject(ended)
  })

  it('makes nobody a teacher, cannot be born expired, and is made by teachers of the course only', async () => {
    const { school, teacher, courseId } = await newLink()
    await expect(teacher.api.course.createJoinLink({ courseId, role: 'teacher' })).rejects.toMatchObject({
      status: 400,
      code: 'join-link.role-not-by-link'
    })
    await expect(
      teacher.api.course.createJoinLink({ courseId, role: 'learner', expiresAt: '2020-01-01T00:00:00.000Z' })
    ).rejects.toMatchObject({ code: 'join-link.expires-in-past' })
    const other = await school.person('teacher', 'other')
    await expect(other.api.course.createJoinLink({ courseId, role: 'learner' })).rejects.toMatchObject({ status: 404 })
  })
})

describe('signing up by a join link', () => {
  const newcomer = { name: 'New Comer', email: 'new.comer@example.test', password: 'a long enough phrase' }

  it('makes an account that can be used at once and enrols it', async () => {
    const { school, token, courseId, teacher, links } = await newLink()
    expect(await school.anyone.course.signUpAndJoin({ token, ...newcomer })).toEqual({ courseId })
    const { user } = await school.anyone.user.signIn({ email: newcomer.email, password: newcomer.password })
    expect(user).toMatchObject({ name: 'New Comer', role: 'learner', status: 'active' })
    const { entries } = await teacher.api.course.listEnrolments({ courseId, role: 'learner' })
    expect(entries).toMatchObject([{ userId: user.id, status: 'active' }])
    expect(await links()).toMatchObject([{ uses: 1 }])
  })

  it('tells whoever has an account to sign in, and leaves that account as it is', async () => {
    const { school, token, links } = await newLink()
    const ana = await school.person('administrator', 'ana')
    await expect(
      school.anyone.course.signUpAndJoin({ token, ...newcomer, email: ana.email.toUpperCase() })
    ).rejects.toMatchObject({
      status: 409,
      code: 'join-link.account-exists',
      message: expect.stringContaining('Sign in, then open the link again')
    })
    await expect(school.anyone.user.signIn({ email: ana.email, password: newcomer.password })).rejects.toMatchObject({
      status: 401
    })
    expect(await links()).toMatchObject([{ uses: 0 }])
  })

  it('makes no account by a link that has ended', async () => {
    const { school, link, token, teacher } = await newLink()
    await teacher.api.course.deleteJoinLink({ joinLinkId: link.id })
    await expect(school.anyone.course.signUpAndJoin({ token, ...newcomer })).rejects.toMatchObject(ended)
    await expect(
      school.anyone.user.signIn({ email: newcomer.email, password: newcomer.password })
    ).rejects.toMatchObject({ status: 401 })
  })
})
