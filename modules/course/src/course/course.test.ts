import { newId } from '@lyceum/platform/id'
import { startTestServer, type TestPerson, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { colorOf } from './course.ts'
import { abilitiesOf } from './course-access.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const hour = 3_600_000
const inHours = (hours: number) => new Date(server.clock.now().getTime() + hours * hour).toISOString()

const published = async (roles: ('learner' | 'observer' | 'assistant')[] = ['learner']) => {
  const school = await server.newSchool()
  const teacher = await school.person('teacher', 'tarek')
  const course = await teacher.api.course.createCourse({ title: ' Botany ' })
  const others = await Promise.all(roles.map((role) => school.person('learner', role)))
  for (const [at, person] of others.entries())
    await teacher.api.course.enrolPeople({
      courseId: course.id,
      role: roles[at] ?? 'learner',
      people: [{ email: person.email }]
    })
  await teacher.api.course.publishCourse({ courseId: course.id })
  const home = await teacher.api.course.getCourseHome({ courseId: course.id })
  const unitId = home.units[0]?.id ?? ''
  return { school, teacher, course, unitId, others, learner: others[0] ?? teacher }
}

const events = async (name: string, userId?: string) => {
  const { rows } = await server.owner.query<{ payload: { userId?: string; courseId: string } }>(
    `select payload from platform.outbox where name = $1`,
    [name]
  )
  return rows.map(({ payload }) => payload).filter((payload) => userId === undefined || payload.userId === userId)
}

describe('a course', () => {
  it('begins as a draft with one unit, taught by its author', async () => {
    const school = await server.newSchool()
    const teacher = await school.person('teacher', 'tarek')
    const course = await teacher.api.course.createCourse({ title: '  Botany ' })
    expect(course).toMatchObject({ title: 'Botany', status: 'draft', version: 1, color: colorOf(course.id) })
    const home = await teacher.api.course.getCourseHome({ courseId: course.id })
    expect(home).toMatchObject({
      role: 'teacher',
      abilities: { edit: true, managePeople: true, seeProgress: true, study: false, because: 'teacher' },
      teachers: [{ userId: teacher.id, name: 'Tarek' }],
      units: [{ title: 'Unit 1', items: [] }],
      progress: { completed: 0, total: 0 },
      resume: null
    })
  })

  it('is created once for one idempotency key', async () => {
    const school = await server.newSchool()
    const teacher = await school.person('teacher')
    const key = newId()
    const one = await teacher.api.course.createCourse({ title: 'Botany' }, { idempotencyKey: key })
    const two = await teacher.api.course.createCourse({ title: 'Botany' }, { idempotencyKey: key })
    expect(two.id).toBe(one.id)
    // Sent twice at the same moment, as by an impatient finger.
    const another = newId()
    const both = await Promise.all(
      [1, 2].map(() => teacher.api.course.createCourse({ title: 'Zoology' }, { idempotencyKey: another }))
    )
    expect(both[0]?.id).toBe(both[1]?.id)
    await expect(teacher.api.course.createCourse({ title: 'Geology' }, { idempotencyKey: key })).rejects.toMatchObject({
      status: 400,
      code: 'request.idempotency-key-reused'
    })
    const { entries } = await teacher.api.course.listCourses({})
    expect(entries.map(({ title }) => title)).toEqual(['Botany', 'Zoology'])
  })

  it('cannot be written by a learner of the school', async () => {
    const school = await server.newSchool()
    const learner = await school.person('learner')
    await expect(learner.api.course.createCourse({ title: 'Botany' })).rejects.toMatchObject({ status: 403 })
  })

  it('is not there for strangers, and explains itself to people who lack a right', async () => {
    const { school, course, learner } = await published()
    const stranger = await school.person('teacher', 'stranger')
    const { id: courseId } = course
    await expect(stranger.api.course.getCourse({ courseId })).rejects.toMatchObject({
      status: 404,
      code: 'course.not-found'
    })
    await expect(stranger.api.course.getCourseHome({ courseId })).rejects.toMatchObject({ status: 404 })
    await expect(learner.api.course.updateCourse({ courseId, title: 'Mine' }, { ifMatch: 1 })).rejects.toMatchObject({
      status: 403,
      code: 'course.may-not-edit',
      message: expect.stringContaining('as learner')
    })
    await expect(learner.api.course.deleteCourse({ courseId })).rejects.toMatchObject({ status: 403 })
    await expect(learner.api.course.createUnit({ courseId, title: 'Mine' })).rejects.toMatchObject({ status: 403 })
    const administrator = await school.person('administrator')
    expect((await administrator.api.course.getCourseHome({ courseId })).abilities).toMatchObject({
      edit: true,
      because: 'courses:manage'
    })
  })

  it('is closed to another school', async () => {
    const { course } = await published()
    const other = await (await server.newSchool()).person('administrator')
    await expect(other.api.course.getCourse({ courseId: course.id })).rejects.toMatchObject({ status: 404 })
  })

  it('keeps the change of whoever was first', async () => {
    const { teacher, course } = await published()
    const { version } = await teacher.api.course.getCourse({ courseId: course.id })
    const changed = await teacher.api.course.updateCourse({ courseId: course.id, title: 'Trees' }, { ifMatch: version })
    expect(changed).toMatchObject({ title: 'Trees', description: '', version: version + 1 })
    await expect(
      teacher.api.course.updateCourse({ courseId: course.id, title: 'Flowers' }, { ifMatch: version })
    ).rejects.toMatchObject({ status: 412, code: 'course.stale', problem: { facts: { version: version + 1 } } })
    await expect(
      teacher.api.course.updateCourse(
        { courseId: course.id, startsAt: inHours(2), endsAt: inHours(1) },
        { ifMatch: version + 1 }
      )
    ).rejects.toMatchObject({ status: 400, code: 'course.ends-before-it-starts' })
  })

  it('shows its picture to those who are in it', async () => {
    const { school, teacher, course, learner } = await published()
    const { id: courseId } = course
    const fileId = newId()
    await server.owner.query(
      `insert into file.file (tenant_id, id, name, media_type, size, sha256, state, created_by, created_at) values ($1, $2, 'leaf.png', 'image/png', 1, 'x', 'ready', $3, now())`,
      [school.id, fileId, teacher.id]
    )
    const { version } = await teacher.api.course.getCourse({ courseId })
    const { coverUrl } = await teacher.api.course.updateCourse({ courseId, coverFileId: fileId }, { ifMatch: version })
    const cover = (person: TestPerson, url = coverUrl ?? '') =>
      server.app.inject({ url, headers: { host: school.host, authorization: `Bearer ${person.token}` } })
    const shown = await cover(learner)
    expect([shown.statusCode, shown.headers.location]).toEqual([
      302,
      expect.stringContaining(`/files/${fileId}/content/`)
    ])
    expect((await cover(await school.person('teacher', 'stranger'))).statusCode).toBe(404)
    expect((await cover(learner, `/api/v1/courses/${courseId}/cover/${newId()}`)).statusCode).toBe(404)
  })

  it('opens, closes, ends and comes back; publishing is told once', async () => {
    const { teacher, course, learner } = await published()
    const { id: courseId } = course
    const home = () => learner.api.course.getCourseHome({ courseId })
    await teacher.api.course.publishCourse({ courseId })
    expect((await events('course.course-published')).filter((told) => told.courseId === courseId)).toHaveLength(1)
    await home()
    await teacher.api.course.unpublishCourse({ courseId })
    await expect(home()).rejects.toMatchObject({ status: 403, code: 'course.not-open' })
    await teacher.api.course.publishCourse({ courseId })
    expect(await teacher.api.course.archiveCourse({ courseId })).toMatchObject({ status: 'archived' })
    expect((await home()).course.status).toBe('archived')
    await expect(teacher.api.course.publishCourse({ courseId })).rejects.toMatchObject({ code: 'course.archived' })
    expect(await teacher.api.course.unarchiveCourse({ courseId })).toMatchObject({ status: 'draft' })
    await teacher.api.course.publishCourse({ courseId })
    await teacher.api.course.deleteCourse({ courseId })
    await expect(home()).rejects.toMatchObject({ status: 404 })
    await expect(teacher.api.course.createUnit({ courseId, title: 'Late' })).rejects.toMatchObject({
      code: 'course.in-bin'
    })
    expect((await teacher.api.course.listCourses({ deleted: true })).entries.map(({ id }) => id)).toEqual([courseId])
    expect((await learner.api.course.listCourses({ deleted: true })).entries).toEqual([])
    await teacher.api.course.restoreCourse({ courseId })
    expect((await home()).course).toMatchObject({ status: 'published', deletedAt: null })
  })
})

describe('what people may do', () => {
  it('follows from enrolment and permission alone', () => {
    expect(abilitiesOf(null, [])).toBeNull()
    expect(abilitiesOf('teacher', [])).toMatchObject({
      edit: true,
      managePeople: true,
      seeProgress: true,
      study: false
    })
    expect(abilitiesOf('assistant', [])).toMatchObject({ edit: false, managePeople: false, seeProgress: true })
    expect(abilitiesOf('learner', [])).toMatchObject({ edit: false, seeProgress: false, study: true })
    expect(abilitiesOf('observer', [])).toMatchObject({ edit: false, seeProgress: false, study: false })
    expect(abilitiesOf('learner', ['courses:manage'])).toMatchObject({
      edit: true,
      study: true,
      because: 'courses:manage'
    })
  })

  it('lets assistants see drafts and observers read only', async () => {
    const { teacher, course, unitId, others } = await published(['assistant', 'observer'])
    const [assistant, observer] = others
    const draft = await teacher.api.course.createItem({ unitId, kind: 'page', title: 'Draft', published: false })
    const item = await teacher.api.course.createItem({ unitId, kind: 'page', title: 'Leaves' })
    const seen = async (person: TestPerson | undefined) =>
      (await person?.api.course.getCourseHome({ courseId: course.id }))?.units.flatMap(({ items }) =>
        items.map(({ title }) => title)
      )
    expect(await seen(assistant)).toEqual(['Draft', 'Leaves'])
    expect(await seen(observer)).toEqual(['Leaves'])
    await expect(observer?.api.course.getItem({ itemId: draft.id })).rejects.toMatchObject({ status: 404 })
    await expect(observer?.api.course.saveProgress({ itemId: item.id, opened: true })).rejects.toMatchObject({
      status: 403,
      code: 'course.may-not-study'
    })
    await expect(
      assistant?.api.course.updateItem({ itemId: item.id, title: 'Mine' }, { ifMatch: item.version })
    ).rejects.toMatchObject({ status: 403 })
  })
})

describe('the list of courses', () => {
  it('holds my courses, and every course for those who manage them, page by page', async () => {
    const school = await server.newSchool()
    const teacher = await school.person('teacher')
    const administrator = await school.person('administrator')
    for (const title of ['gamma', 'Alpha', 'beta 100%']) await teacher.api.course.createCourse({ title })
    await administrator.api.course.createCourse({ title: 'Delta' })
    const titles = (page: { entries: { title: string }[] }) => page.entries.map(({ title }) => title)
    expect(titles(await teacher.api.course.listCourses({}))).toEqual(['Alpha', 'beta 100%', 'gamma'])
    expect(titles(await administrator.api.course.listCourses({}))).toEqual(['Alpha', 'beta 100%', 'Delta', 'gamma'])
    const first = await administrator.api.course.listCourses({ limit: 3 })
    const rest = await administrator.api.course.listCourses({ limit: 3, cursor: first.nextCursor ?? '' })
    expect([titles(first), titles(rest), rest.nextCursor]).toEqual([['Alpha', 'beta 100%', 'Delta'], ['gamma'], null])
    expect(titles(await teacher.api.course.listCourses({ search: '0%' }))).toEqual(['beta 100%'])
    expect(titles(await teacher.api.course.listCourses({ search: '_' }))).toEqual([])
    expect(titles(await teacher.api.course.listCourses({ status: 'published' }))).toEqual([])
  })
})

describe('the dashboard', () => {
  it('says what is next, most urgent first, and where to go on', async () => {
    const { teacher, learner, course, unitId } = await published()
    const { api } = teacher
    const one = await api.course.createItem({ unitId, kind: 'page', title: 'One', minutes: 5 })
    const two = await api.course.createItem({ unitId, kind: 'page', title: 'Two', minutes: 7, dueAt: inHours(48) })
    await api.course.createItem({ unitId, kind: 'page', title: 'Locked', dueAt: inHours(1), requires: [one.id] })
    await api.course.createItem({ unitId, kind: 'page', title: 'Later', dueAt: inHours(2), opensAt: inHours(1) })
    const three = await api.course.createItem({
      unitId,
      kind: 'page',
      title: 'Three',
      dueAt: inHours(24),
      completion: { kind: 'done' }
    })
    const before = await learner.api.course.getDashboard({})
    expect(before.nextUp.map(({ title }) => title)).toEqual(['Three', 'Two', 'One'])
    expect(before.teaching).toEqual([])
    expect(before.studying).toMatchObject([
      {
        id: course.id,
        role: 'learner',
        progress: { completed: 0, total: 5, minutesLeft: 12 },
        resume: { itemId: one.id, state: 'not-started' },
        learners: null,
        lock: []
      }
    ])
    await learner.api.course.saveProgress({ itemId: three.id, opened: true })
    await learner.api.course.saveProgress({ itemId: two.id, opened: true })
    await learner.api.course.saveProgress({ itemId: three.id, position: { block: 2, offset: 0.5 } })
    const after = await learner.api.course.getDashboard({})
    expect(after.studying[0]).toMatchObject({
      progress: { completed: 1, total: 5, minutesLeft: 5 },
      resume: { itemId: three.id, state: 'in-progress' }
    })
    expect(after.nextUp.map(({ title }) => title)).toEqual(['Three'])
    expect((await teacher.api.course.getDashboard({})).teaching).toMatchObject([
      { id: course.id, learners: 1, role: 'teacher' }
    ])
  })

  it('tells why a course is closed, and hides drafts from learners', async () => {
    const { teacher, learner, course } = await published()
    const { version } = await teacher.api.course.getCourse({ courseId: course.id })
    const startsAt = inHours(5)
    await teacher.api.course.updateCourse({ courseId: course.id, startsAt }, { ifMatch: version })
    expect((await learner.api.course.getDashboard({})).studying[0]?.lock).toEqual([
      { code: 'course-starts-at', at: startsAt }
    ])
    await teacher.api.course.unpublishCourse({ courseId: course.id })
    expect((await learner.api.course.getDashboard({})).studying).toEqual([])
  })
})
