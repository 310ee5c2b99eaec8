import { newId } from '@lyceum/platform/id'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const begin = async (learners = 1) => {
  const school = await server.newSchool()
  const teacher = (await school.person('teacher')).api.course
  const { id: courseId } = await teacher.createCourse({ title: 'Botany' })
  const people = await Promise.all(
    Array.from({ length: learners }, (_, at) => school.person('learner', `learner ${at}`))
  )
  await teacher.enrolPeople({ courseId, role: 'learner', people: people.map(({ email }) => ({ email })) })
  await teacher.publishCourse({ courseId })
  const unitId = (await teacher.getCourseHome({ courseId })).units[0]?.id ?? ''
  const [learner] = people
  if (!learner) throw new Error('there is a learner')
  return { teacher, courseId, unitId, people, learner, api: learner.api.course }
}

const told = async (name: string, courseId: string) => {
  const { rows } = await server.owner.query(
    `select payload ->> 'userId' as "userId", payload ->> 'itemId' as "itemId" from platform.outbox where name = $1 and payload ->> 'courseId' = $2`,
    [name, courseId]
  )
  return rows
}

describe('a report of progress', () => {
  it('counts a visit once, however often and in whatever order it is told', async () => {
    const { teacher, unitId, api, courseId, learner } = await begin()
    const item = await teacher.createItem({
      unitId,
      kind: 'page',
      title: 'A',
      completion: { kind: 'time', seconds: 60 }
    })
    const visit = newId()
    const report = (seconds: number, id = visit) => api.saveProgress({ itemId: item.id, visit: { id, seconds } })
    expect(await report(30)).toMatchObject({ state: 'in-progress', secondsSpent: 30 })
    expect(await report(30)).toMatchObject({ secondsSpent: 30 })
    expect(await report(20)).toMatchObject({ secondsSpent: 30 })
    expect(await report(29, newId())).toMatchObject({ state: 'in-progress', secondsSpent: 59 })
    const done = await report(31)
    expect(done).toMatchObject({ state: 'completed', secondsSpent: 60, progress: { completed: 1, total: 1 } })
    expect(await report(31)).toMatchObject({ completedAt: done.completedAt })
    expect(await told('course.item-completed', courseId)).toEqual([{ userId: learner.id, itemId: item.id }])
    expect(await told('course.course-completed', courseId)).toEqual([{ userId: learner.id, itemId: null }])
  })

  it('merges what was watched, across devices', async () => {
    const { teacher, unitId, api } = await begin()
    const { id: itemId } = await teacher.createItem({ unitId, kind: 'video', title: 'V' })
    const watch = (...ranges: [number, number][]) => api.saveProgress({ itemId, watched: { duration: 100, ranges } })
    expect(await watch([0, 40], [20, 30])).toMatchObject({ watchedPercent: 40 })
    expect(await watch([60, 100])).toMatchObject({ watchedPercent: 80, state: 'in-progress' })
    expect(await watch([0, 40])).toMatchObject({ watchedPercent: 80 })
    expect(await watch([40, 51])).toMatchObject({ watchedPercent: 91, state: 'completed' })
  })

  it('brings back the exact place, which a late report does not move', async () => {
    const { teacher, unitId, api, courseId } = await begin()
    const { id: itemId } = await teacher.createItem({ unitId, kind: 'page', title: 'A', completion: { kind: 'done' } })
    const id = newId()
    await api.saveProgress({ itemId, visit: { id, seconds: 20 }, position: { block: 7, offset: 0.25 } })
    await api.saveProgress({ itemId, visit: { id, seconds: 10 }, position: { block: 1, offset: 0 } })
    await api.saveProgress({ itemId, opened: true })
    expect(await api.getItem({ itemId })).toMatchObject({
      position: { block: 7, offset: 0.25 },
      secondsSpent: 20,
      state: 'in-progress'
    })
    expect((await api.getCourseHome({ courseId })).resume).toMatchObject({ itemId, state: 'in-progress' })
  })

  it('completes nothing while it is locked, and says what it unlocks', async () => {
    const { teacher, unitId, api, courseId } = await begin()
    const first = await teacher.createItem({ unitId, kind: 'page', title: 'First', completion: { kind: 'done' } })
    const second = await teacher.createItem({
      unitId,
      kind: 'page',
      title: 'Second',
      html: '<p>secret</p>',
      requires: [first.id]
    })
    const { id: unit2 } = await teacher.createUnit({ courseId, title: 'Two' })
    const third = await teacher.createItem({ unitId: unit2, kind: 'page', title: 'Third' })
    await teacher.updateUnit({ unitId: unit2, requires: [unitId] }, { ifMatch: 1 })
    const locked = await api.getItem({ itemId: second.id })
    expect(locked).toMatchObject({
      title: 'Second',
      html: null,
      previousItemId: first.id,
      nextItemId: third.id,
      lock: [{ code: 'requires-item', itemId: first.id, itemTitle: 'First', completion: { kind: 'done' } }]
    })
    expect(await api.saveProgress({ itemId: second.id, opened: true })).toMatchObject({
      state: 'in-progress',
      unlocked: []
    })
    const done = await api.saveProgress({ itemId: first.id, done: true })
    expect(done.unlocked).toEqual([{ itemId: second.id, title: 'Second' }])
    expect((await api.getItem({ itemId: second.id })).html).toBe('<p>secret</p>')
    const through = await api.saveProgress({ itemId: second.id, opened: true })
    expect(through).toMatchObject({ state: 'completed', unlocked: [{ itemId: third.id }] })
    expect((await teacher.getItem({ itemId: third.id })).lock).toEqual([])
    expect((await teacher.getItem({ itemId: third.id, asLearner: true })).lock).toMatchObject([
      { code: 'requires-unit', remaining: 2 }
    ])
  })

  it('lets a mark that was set by hand be taken back, and tells of the completion once', async () => {
    const { teacher, unitId, api, courseId } = await begin()
    const { id: itemId } = await teacher.createItem({ unitId, kind: 'page', title: 'A', completion: { kind: 'done' } })
    await teacher.createItem({ unitId, kind: 'page', title: 'B', completion: { kind: 'done' } })
    for (const done of [true, false, true]) await api.saveProgress({ itemId, done })
    expect(await api.saveProgress({ itemId, done: false })).toMatchObject({
      state: 'in-progress',
      progress: { completed: 0 }
    })
    expect(await told('course.item-completed', courseId)).toHaveLength(1)
  })

  it('stays right when many arrive at once', async () => {
    const { teacher, unitId, api, courseId } = await begin()
    const items = []
    for (let at = 0; at < 6; at++)
      items.push(await teacher.createItem({ unitId, kind: 'page', title: `P${at}`, minutes: 2 }))
    const visit = newId()
    await Promise.all(
      [...items, ...items, ...items].map(({ id: itemId }, at) =>
        api.saveProgress({ itemId, opened: true, visit: { id: visit, seconds: at } })
      )
    )
    const home = await api.getCourseHome({ courseId })
    expect(home.progress).toMatchObject({ completed: 6, total: 6, minutesLeft: 0, completedAt: expect.any(String) })
    expect((await api.getDashboard({})).studying[0]?.progress).toEqual(home.progress)
    expect(await told('course.item-completed', courseId)).toHaveLength(6)
    expect(await told('course.course-completed', courseId)).toHaveLength(1)
    const { rows } = await server.owner.query(`select seconds from course.progress where item_id = $1`, [items[0]?.id])
    expect(rows).toEqual([{ seconds: 12 }])
  })

  it('is counted again when the outline changes under it', async () => {
    const { teacher, unitId, people, courseId } = await begin(5)
    const a = await teacher.createItem({ unitId, kind: 'page', title: 'A', minutes: 3 })
    const b = await teacher.createItem({ unitId, kind: 'page', title: 'B', minutes: 4 })
    const c = await teacher.createItem({ unitId, kind: 'page', title: 'C', completion: { kind: 'done' } })
    await Promise.all([
      ...people.flatMap(({ api }) => [a, b].map(({ id: itemId }) => api.course.saveProgress({ itemId, opened: true }))),
      teacher.updateItem({ itemId: c.id, completion: { kind: 'none' } }, { ifMatch: c.version }),
      teacher.createItem({ unitId, kind: 'page', title: 'D', published: false })
    ])
    const cards = await Promise.all(
      people.map(async ({ api }) => (await api.course.getDashboard({})).studying[0]?.progress)
    )
    for (const card of cards) expect(card).toMatchObject({ completed: 2, total: 2, completedAt: expect.any(String) })
    expect(await told('course.course-completed', courseId)).toHaveLength(5)
    await teacher.deleteItem({ itemId: a.id })
    expect((await people[0]?.api.course.getDashboard({}))?.studying[0]?.progress).toMatchObject({
      completed: 1,
      total: 1
    })
    await teacher.restoreItem({ itemId: a.id })
    const added = await teacher.createItem({ unitId, kind: 'page', title: 'E', minutes: 9 })
    expect((await people[0]?.api.course.getDashboard({}))?.studying[0]).toMatchObject({
      progress: { completed: 2, total: 3, minutesLeft: 9, completedAt: expect.any(String) },
      resume: { itemId: added.id }
    })
    expect(await told('course.course-completed', courseId)).toHaveLength(5)
  })

  it('is kept but completes nothing after the course has ended', async () => {
    const { teacher, unitId, api, courseId } = await begin()
    const { id: itemId } = await teacher.createItem({ unitId, kind: 'page', title: 'A' })
    await teacher.archiveCourse({ courseId })
    expect(await api.saveProgress({ itemId, opened: true })).toMatchObject({
      state: 'in-progress',
      progress: { completed: 0 }
    })
    expect((await api.getItem({ itemId })).lock).toEqual([])
  })

  it('leads on to what opens by date, and to what an edit puts in front', async () => {
    const { teacher, unitId, api, courseId } = await begin()
    const opensAt = new Date(server.clock.now().getTime() + 60_000).toISOString()
    const early = await teacher.createItem({ unitId, kind: 'page', title: 'Early', opensAt })
    const done = await teacher.createItem({ unitId, kind: 'page', title: 'Done' })
    const next = await teacher.createItem({ unitId, kind: 'page', title: 'Next' })
    const leads = async () => {
      const [home, { studying }] = [await api.getCourseHome({ courseId }), await api.getDashboard({})]
      return [home.resume?.itemId, studying[0]?.resume?.itemId]
    }
    await api.saveProgress({ itemId: done.id, opened: true })
    expect(await leads()).toEqual([next.id, next.id])
    server.clock.advance(61_000)
    expect(await leads()).toEqual([early.id, early.id])
    await api.saveProgress({ itemId: early.id, opened: true })
    expect(await leads()).toEqual([next.id, next.id])
    const added = await teacher.createItem({ unitId, kind: 'page', title: 'Added' })
    const { outlineVersion } = await teacher.getCourse({ courseId })
    const itemIds = [added.id, early.id, done.id, next.id]
    await teacher.arrangeOutline({ courseId, units: [{ unitId, itemIds }] }, { ifMatch: outlineVersion })
    expect(await leads()).toEqual([added.id, added.id])
  })

  it('takes one answer from two places: the dashboard leads where the outline does', async () => {
    const { teacher, unitId, api, courseId } = await begin()
    const units = [
      unitId,
      (await teacher.createUnit({ courseId, title: 'U2' })).id,
      (await teacher.createUnit({ courseId, title: 'U3' })).id
    ]
    const ids: string[] = []
    const random = sequence(20260301)
    for (let at = 0; at < 14; at++) {
      const { id } = await teacher
        .createItem({
          unitId: units[at % 3] ?? unitId,
          kind: random(6) === 0 ? 'heading' : 'page',
          title: `I${at}`,
          published: random(5) > 0,
          ...(random(4) === 0
            ? { opensAt: new Date(server.clock.now().getTime() + (random(2) - 0.5) * 6e5).toISOString() }
            : {}),
          ...(ids.length > 0 && random(2) === 0 ? { requires: [ids[random(ids.length)] ?? ''] } : {})
        })
        .catch(() => ({ id: '' }))
      if (id) ids.push(id)
    }
    await teacher.updateUnit({ unitId: units[2] ?? '', requires: [unitId] }, { ifMatch: 1 }).catch(() => undefined)
    for (let step = 0; step < 20; step++) {
      const [home, dashboard] = await Promise.all([api.getCourseHome({ courseId }), api.getDashboard({})])
      const [card] = dashboard.studying
      expect(card?.resume).toEqual(home.resume)
      expect(card?.progress).toEqual(home.progress)
      if (step === 8) server.clock.advance(6 * 60_000)
      if (!home.resume && step > 8) return
      await api
        .saveProgress({
          itemId: step % 3 === 0 ? (ids[random(ids.length)] ?? '') : (home.resume?.itemId ?? ids[0] ?? ''),
          opened: true
        })
        .catch(() => undefined)
    }
  })
})

/** The same numbers on every run. */
function sequence(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}
