import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { actIn } from './act-as.ts'
import { makeDemoSchools } from './make-demo-schools.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ inline: false })
})
afterAll(() => server.close())

const make = async () => {
  rmSync(join(server.home, 'demo-schools-made'), { force: true })
  await makeDemoSchools(server, server.home, 'http://localhost:3000', () => undefined)
}

it('goes on after being broken off at any call of the API, and changes nothing once all is made', async () => {
  const { app, storage } = server
  const whole = app.inject
  const inject = (given: InjectOptions) => Reflect.apply(whole, app, [given])
  // As if the process had died: the call that fails may or may not have been done.
  for (const most of [4, 9, 17, 30]) {
    let left = most
    Object.assign(app, {
      inject: (given: InjectOptions) => {
        if (left-- <= 0) throw new Error('killed')
        return inject(given)
      }
    })
    await expect(make()).rejects.toThrow('killed')
  }
  Object.assign(app, { inject: whole })
  await make()
  const before = await describeAll()
  await make()
  expect(await describeAll()).toEqual(before)
  expect(before).toMatchObject({ courses: 3, published: 3, items: 21, enrolments: 12, imports: 3, calendar: 10 })
  expect((await storage.check()) ?? 'well').toBe('well')

  const school = await actIn(server, 'localhost')
  const ada = await school.actAs('ada@greenfield.example')
  expect((await ada.api.course.listFreezes({})).state).toMatchObject({
    open: true,
    next: { title: 'First-term exams' }
  })
  const lena = await school.actAs('lena@greenfield.example')
  const { studying, nextUp } = await lena.api.course.getDashboard({})
  expect(studying.map(({ title, progress }) => [title, progress.completed])).toEqual(
    expect.arrayContaining([
      ['Everyday Statistics', 3],
      ['Welcome to Greenfield', 4]
    ])
  )
  expect(nextUp.length).toBeGreaterThan(0)
  const statistics = studying.find(({ title }) => title === 'Everyday Statistics')
  const { units } = await lena.api.course.getCourseHome({ courseId: statistics?.id ?? '' })
  const film = units.flatMap(({ items }) => items).find(({ kind }) => kind === 'video')
  const { file } = await lena.api.course.getItem({ itemId: film?.id ?? '' })
  expect(file).toMatchObject({ mediaType: 'video/mp4', captions: [{ locale: 'en' }, { locale: 'ar' }] })
}, 120_000)

it('imports without a warning', async () => {
  const { rows } = await server.owner.query('select file_name, warnings, error from course.course_import')
  for (const row of rows) expect(row).toMatchObject({ warnings: [], error: null })
})

async function describeAll() {
  const { rows } = await server.owner.query(`
    select (select count(*)::int from course.course) as courses,
      (select count(*)::int from course.course where published_at is not null) as published,
      (select count(*)::int from course.item) as items,
      (select count(*)::int from course.enrolment) as enrolments,
      (select count(*)::int from course.course_import where state = 'done') as imports,
      (select sum(seconds)::int from course.progress) as seconds,
      (select sum(version)::int from course.item) as versions,
      (select count(*)::int from course.calendar_entry where deleted_at is null) as calendar,
      (select count(*)::int from file.file) as files`)
  return rows[0]
}
