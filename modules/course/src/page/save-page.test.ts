import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const begin = async () => {
  const school = await server.newSchool()
  const ana = await school.person('teacher', 'ana')
  const ben = await school.person('teacher', 'ben')
  const { id: courseId } = await ana.api.course.createCourse({ title: 'Botany' })
  await ana.api.course.enrolPeople({ courseId, role: 'teacher', people: [{ email: ben.email }] })
  const unitId = (await ana.api.course.getCourseHome({ courseId })).units[0]?.id ?? ''
  const { id: itemId } = await ana.api.course.createItem({ unitId, kind: 'page', title: 'A', html: '<p>one</p>' })
  const save = (person: typeof ana, html: string, ifMatch: number) =>
    person.api.course.savePage({ itemId, html }, { ifMatch })
  return { ana, ben, courseId, unitId, itemId, save }
}

describe('saving a page', () => {
  it('keeps the version of whoever was first, and hands it to the other', async () => {
    const { ana, ben, save, itemId } = await begin()
    expect(await ana.api.course.getPage({ itemId })).toMatchObject({ html: '<p>one</p>', version: 1, savedBy: 'Ana' })
    expect(await save(ben, '<p onclick="x">two</p>', 1)).toMatchObject({
      html: '<p>two</p>',
      version: 2,
      savedBy: 'Ben'
    })
    await expect(save(ana, '<p>three</p>', 1)).rejects.toMatchObject({
      status: 412,
      code: 'page.stale',
      problem: { facts: { version: 2, html: '<p>two</p>', savedBy: 'Ben', savedAt: expect.any(String) } }
    })
    expect(await save(ana, '<p>two</p>', 2)).toMatchObject({ version: 2, savedBy: 'Ben' })
  })

  it('lets one of several at once through', async () => {
    const { ana, ben, save } = await begin()
    const results = await Promise.allSettled([
      save(ana, '<p>a</p>', 1),
      save(ben, '<p>b</p>', 1),
      save(ana, '<p>c</p>', 1)
    ])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('remembers sittings, not keystrokes, and no more than fifty', async () => {
    const { ana, ben, save, itemId } = await begin()
    const revisions = async () =>
      (await ana.api.course.listPageRevisions({ itemId, limit: 100 })).entries.map(({ html, savedBy }) => [
        html,
        savedBy
      ])
    await save(ana, '<p>two</p>', 1)
    await save(ana, '<p>three</p>', 2)
    expect(await revisions()).toEqual([['<p>three</p>', 'Ana']])
    await save(ben, '<p>four</p>', 3)
    await save(ana, '<p>five</p>', 4)
    expect(await revisions()).toEqual([
      ['<p>five</p>', 'Ana'],
      ['<p>four</p>', 'Ben'],
      ['<p>three</p>', 'Ana']
    ])
    await server.owner.query(
      `update course.page_revision set begun_at = begun_at - interval '11 minutes' where item_id = $1`,
      [itemId]
    )
    await save(ana, '<p>six</p>', 5)
    expect(await revisions()).toHaveLength(4)
    for (let version = 6; version < 60; version++) await save(version % 2 ? ana : ben, `<p>${version}</p>`, version)
    expect(await revisions()).toHaveLength(50)
    const first = await ana.api.course.listPageRevisions({ itemId, limit: 30 })
    const rest = await ana.api.course.listPageRevisions({ itemId, limit: 30, cursor: first.nextCursor ?? '' })
    expect([first.entries.length, rest.entries.length, rest.nextCursor]).toEqual([30, 20, null])
  })

  it('is for those who may edit', async () => {
    const { courseId, ana, unitId, itemId } = await begin()
    const school = await server.newSchool()
    const stranger = await school.person('teacher', 'stranger')
    await expect(stranger.api.course.getPage({ itemId })).rejects.toMatchObject({ status: 404 })
    const link = await ana.api.course.createItem({ unitId, kind: 'link', title: 'L', url: 'https://x.example' })
    await expect(ana.api.course.getPage({ itemId: link.id })).rejects.toMatchObject({ code: 'page.not-a-page' })
    expect(courseId).toBeTruthy()
  })
})
