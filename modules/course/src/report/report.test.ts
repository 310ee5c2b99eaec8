import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** A course of three items that ask for completion and one that does not; Ana did two, Bo opened one, Cy nothing. */
const studied = async () => {
  const school = await server.newSchool()
  const teacher = await school.person('teacher', 'teacher')
  const api = teacher.api.course
  const { id: courseId } = await api.createCourse({ title: 'Pottery' })
  const { units } = await api.getCourseHome({ courseId })
  const unitId = units[0]?.id ?? ''
  const titles = ['Clay', 'Wheel', 'Kiln']
  const items: { id: string }[] = []
  for (const title of titles)
    items.push(
      await api.createItem({
        unitId,
        kind: 'page',
        title,
        html: '<p>Read</p>',
        published: true,
        completion: { kind: 'done' }
      })
    )
  await api.createItem({ unitId, kind: 'page', title: 'Extra', published: true, completion: { kind: 'none' } })
  await api.createItem({ unitId, kind: 'page', title: 'Draft', published: false, completion: { kind: 'done' } })
  await api.publishCourse({ courseId })
  const [clay = '', wheel = ''] = items.map(({ id }) => id)
  const people = await Promise.all(['ana', 'bo', 'cy'].map((name) => school.person('learner', name)))
  const [ana, bo, cy] = people
  if (!ana || !bo || !cy) throw new Error('three people were made')
  await api.enrolPeople({ courseId, role: 'learner', people: people.map(({ email }) => ({ email })) })
  const visit = (seconds: number) => ({ id: crypto.randomUUID(), seconds })
  await ana.api.course.saveProgress({ itemId: clay, opened: true, done: true, visit: visit(60) })
  await ana.api.course.saveProgress({ itemId: wheel, opened: true, done: true, visit: visit(30) })
  await bo.api.course.saveProgress({ itemId: clay, opened: true, visit: visit(20) })
  return { school, teacher, courseId, ana, bo, cy }
}

describe('reports of progress', () => {
  it('show every learner with a letter for each item that asks for completion, in order', async () => {
    const { teacher, courseId } = await studied()
    const report = await teacher.api.course.listLearnerProgress({ courseId })
    expect(report.items.map(({ title }) => title)).toEqual(['Clay', 'Wheel', 'Kiln'])
    expect(report.entries).toMatchObject([
      { name: 'Ana', completed: 2, total: 3, states: 'ccn', secondsSpent: 90, completedAt: null },
      { name: 'Bo', completed: 0, total: 3, states: 'pnn', secondsSpent: 20 },
      { name: 'Cy', completed: 0, total: 3, states: 'nnn', secondsSpent: 0, lastSeenAt: null }
    ])
  })

  it('come in pages and are narrowed by name and state', async () => {
    const { teacher, courseId } = await studied()
    const first = await teacher.api.course.listLearnerProgress({ courseId, limit: 2 })
    const second = await teacher.api.course.listLearnerProgress({ courseId, limit: 2, cursor: first.nextCursor ?? '' })
    expect([...first.entries, ...second.entries].map(({ name }) => name)).toEqual(['Ana', 'Bo', 'Cy'])
    expect(second.nextCursor).toBeNull()
    const names = async (filter: { search?: string; state?: 'not-started' | 'in-progress' | 'completed' }) =>
      (await teacher.api.course.listLearnerProgress({ courseId, ...filter })).entries.map(({ name }) => name)
    expect(await names({ search: 'bO' })).toEqual(['Bo'])
    expect(await names({ state: 'not-started' })).toEqual(['Cy'])
    expect(await names({ state: 'in-progress' })).toEqual(['Ana', 'Bo'])
    expect(await names({ state: 'completed' })).toEqual([])
  })

  it('count learners per item, with the median of those who spent time', async () => {
    const { teacher, courseId } = await studied()
    expect(await teacher.api.course.listItemProgress({ courseId })).toMatchObject({
      learners: 3,
      entries: [
        { title: 'Clay', notStarted: 1, inProgress: 1, completed: 1, medianSeconds: 40 },
        { title: 'Wheel', notStarted: 2, inProgress: 0, completed: 1, medianSeconds: 30 },
        { title: 'Kiln', notStarted: 3, inProgress: 0, completed: 0, medianSeconds: null }
      ]
    })
  })

  it('leave out whoever is no learner of the course any more', async () => {
    const { teacher, courseId, ana } = await studied()
    const { entries } = await teacher.api.course.listEnrolments({ courseId, search: ana.email })
    await teacher.api.course.endEnrolment({ enrolmentId: entries[0]?.id ?? '' })
    expect(await teacher.api.course.listItemProgress({ courseId })).toMatchObject({
      learners: 2,
      entries: [{ notStarted: 1, inProgress: 1, completed: 0 }, { notStarted: 2 }, { notStarted: 2 }]
    })
    await expect(teacher.api.course.getLearnerItems({ courseId, userId: ana.id })).rejects.toMatchObject({
      status: 404
    })
  })

  it('show a learner their own items and nobody else’s', async () => {
    const { courseId, ana, bo } = await studied()
    const own = await ana.api.course.getLearnerItems({ courseId, userId: ana.id })
    expect(own.name).toBe('Ana')
    expect(own.entries.map(({ title, state }) => [title, state])).toEqual([
      ['Clay', 'completed'],
      ['Wheel', 'completed'],
      ['Kiln', 'not-started'],
      ['Extra', 'not-started']
    ])
    for (const attempt of [
      () => bo.api.course.getLearnerItems({ courseId, userId: ana.id }),
      () => bo.api.course.listLearnerProgress({ courseId }),
      () => bo.api.course.listItemProgress({ courseId })
    ])
      await expect(attempt()).rejects.toMatchObject({ status: 403, code: 'course.may-not-see-progress' })
  })

  it('show an observer the learners they follow, and no others', async () => {
    const { school, teacher, courseId, ana, bo } = await studied()
    const parent = await school.person('observer', 'parent')
    await teacher.api.course.enrolPeople({
      courseId,
      role: 'observer',
      people: [{ email: parent.email }],
      observes: [bo.id]
    })
    const { entries } = await parent.api.course.listLearnerProgress({ courseId })
    expect(entries.map(({ name }) => name)).toEqual(['Bo'])
    expect(await parent.api.course.listItemProgress({ courseId })).toMatchObject({
      learners: 1,
      entries: [{ title: 'Clay', inProgress: 1, completed: 0, notStarted: 0 }, {}, {}]
    })
    expect((await parent.api.course.getLearnerItems({ courseId, userId: bo.id })).name).toBe('Bo')
    await expect(parent.api.course.getLearnerItems({ courseId, userId: ana.id })).rejects.toMatchObject({ status: 403 })
  })
})
