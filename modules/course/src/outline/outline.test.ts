import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const begin = async () => {
  const school = await server.newSchool()
  const api = (await school.person('teacher')).api.course
  const { id: courseId } = await api.createCourse({ title: 'Botany' })
  const one = (await api.getCourseHome({ courseId })).units[0]?.id ?? ''
  const two = (await api.createUnit({ courseId, title: ' Two ' })).id
  const add = async (unitId: string, title: string) => (await api.createItem({ unitId, kind: 'page', title })).id
  const shape = async () =>
    (await api.getCourseHome({ courseId })).units.map((unit) => [unit.title, ...unit.items.map(({ title }) => title)])
  const version = async () => (await api.getCourse({ courseId })).outlineVersion
  return { school, api, courseId, one, two, add, shape, version }
}

describe('the outline', () => {
  it('is arranged as a whole, from its newest version only', async () => {
    const { api, courseId, one, two, add, shape, version } = await begin()
    const [a, b, c] = [await add(one, 'A'), await add(one, 'B'), await add(two, 'C')]
    const before = await version()
    const units = [
      { unitId: two, itemIds: [b, c] },
      { unitId: one, itemIds: [a] }
    ]
    expect(await api.arrangeOutline({ courseId, units }, { ifMatch: before })).toEqual({ outlineVersion: before + 1 })
    expect(await shape()).toEqual([
      ['Two', 'B', 'C'],
      ['Unit 1', 'A']
    ])
    await expect(api.arrangeOutline({ courseId, units }, { ifMatch: before })).rejects.toMatchObject({
      status: 412,
      code: 'course.outline-stale',
      problem: { facts: { version: before + 1 } }
    })
  })

  it('loses nothing by being arranged', async () => {
    const { api, courseId, one, two, add, version } = await begin()
    const [a, b] = [await add(one, 'A'), await add(one, 'B')]
    const ifMatch = await version()
    for (const units of [
      [{ unitId: one, itemIds: [a, b] }],
      [
        { unitId: one, itemIds: [a] },
        { unitId: two, itemIds: [] }
      ],
      [
        { unitId: one, itemIds: [a, b] },
        { unitId: two, itemIds: [a] }
      ],
      [
        { unitId: one, itemIds: [a, b, two] },
        { unitId: two, itemIds: [] }
      ],
      [
        { unitId: one, itemIds: [a, b] },
        { unitId: two, itemIds: [] },
        { unitId: one, itemIds: [] }
      ]
    ])
      await expect(api.arrangeOutline({ courseId, units }, { ifMatch })).rejects.toMatchObject({ status: 400 })
  })

  it('takes back what was removed, in its place', async () => {
    const { api, one, two, add, shape } = await begin()
    const a = await add(one, 'A')
    await add(one, 'B')
    await api.deleteItem({ itemId: a })
    await add(two, 'C')
    await api.deleteUnit({ unitId: one })
    expect(await shape()).toEqual([['Two', 'C']])
    await expect(api.restoreItem({ itemId: a })).rejects.toMatchObject({ code: 'course.unit-removed' })
    expect(await api.restoreUnit({ unitId: one })).toMatchObject({ items: [{ title: 'B' }] })
    await api.restoreItem({ itemId: a })
    expect(await shape()).toEqual([
      ['Unit 1', 'A', 'B'],
      ['Two', 'C']
    ])
    await expect(api.updateUnit({ unitId: one, title: 'x' }, { ifMatch: 1 })).rejects.toMatchObject({ status: 412 })
  })

  it('refuses prerequisites in a circle, from another course, and rules nobody can satisfy', async () => {
    const { school, api, one, two, add } = await begin()
    const [a, b] = [await add(one, 'A'), await add(two, 'B')]
    await api.updateItem({ itemId: b, requires: [a] }, { ifMatch: 1 })
    await expect(api.updateItem({ itemId: a, requires: [b] }, { ifMatch: 1 })).rejects.toMatchObject({
      status: 409,
      code: 'course.prerequisites-in-circle'
    })
    await expect(api.updateUnit({ unitId: one, requires: [two] }, { ifMatch: 1 })).rejects.toMatchObject({
      code: 'course.prerequisites-in-circle'
    })
    const other = (await school.person('teacher', 'other')).api.course
    const { id: elsewhere } = await other.createCourse({ title: 'Other' })
    const foreignUnit = (await other.getCourseHome({ courseId: elsewhere })).units[0]?.id ?? ''
    const foreign = await other.createItem({ unitId: foreignUnit, kind: 'page', title: 'X' })
    await expect(api.updateItem({ itemId: a, requires: [foreign.id] }, { ifMatch: 1 })).rejects.toMatchObject({
      code: 'course.prerequisite-elsewhere'
    })
    await expect(
      api.updateItem({ itemId: a, completion: { kind: 'watched', percent: 50 } }, { ifMatch: 1 })
    ).rejects.toMatchObject({ status: 400 })
    await expect(
      api.createItem({ unitId: one, kind: 'link', title: 'L', url: 'javascript:alert(1)' })
    ).rejects.toMatchObject({
      status: 400
    })
    expect(await api.createItem({ unitId: one, kind: 'link', title: 'L', url: 'school.example/a b' })).toMatchObject({
      kind: 'link'
    })
  })

  it('copies an item right after it, as a draft', async () => {
    const { api, one, add, shape } = await begin()
    const item = await api.createItem({ unitId: one, kind: 'page', title: 'A', html: '<p>x</p>' })
    await add(one, 'B')
    const copy = await api.duplicateItem({ itemId: item.id })
    expect(copy).toMatchObject({ title: 'A (2)', published: false })
    expect((await shape())[0]).toEqual(['Unit 1', 'A', 'A (2)', 'B'])
    expect(await api.getPage({ itemId: copy.id })).toMatchObject({ html: '<p>x</p>', version: 1 })
  })

  it('walks past headings', async () => {
    const { api, one, two, add } = await begin()
    const a = await add(one, 'A')
    await api.createItem({ unitId: one, kind: 'heading', title: 'More' })
    const b = await add(two, 'B')
    expect(await api.getItem({ itemId: a })).toMatchObject({ previousItemId: null, nextItemId: b })
    expect(await api.getItem({ itemId: b })).toMatchObject({ previousItemId: a, nextItemId: null })
  })
})
