import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freezeWords } from './freeze-words.ts'
import { readFreezes } from './read-freezes.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

it('holds the whole installation while one school has exams or has said nothing, and names it', async () => {
  const now = server.clock.now()
  expect(await readFreezes(server, now, now)).toMatchObject({ open: true, crossed: [] })

  const [hill, dale] = [await server.newSchool(), await server.newSchool()]
  const [ada, bo] = [await hill.person('administrator', 'ada'), await dale.person('administrator', 'bo')]
  const year = now.getUTCFullYear() + 1
  const at = (rest: string) => new Date(`${year}-${rest}:00Z`)
  const exams = (title: string, startsOn: string, endsOn: string) => ({
    kind: 'exam-period' as const,
    title,
    startsOn: `${year}-${startsOn}`,
    endsOn: `${year}-${endsOn}`
  })
  await ada.api.course.createCalendarEntry(exams('Hill finals', '05-11', '05-15'))
  await ada.api.course.createCalendarEntry(exams('Hill resits', '12-01', '12-02'))
  const silent = await readFreezes(server, now, now)
  expect(silent).toMatchObject({ open: false, until: null })
  expect(silent.because.map(({ school, because }) => [school.id, because])).toEqual([[dale.id, 'calendar-missing']])
  expect(silent.because.map((freeze) => freezeWords(freeze, now))[0]).toContain(
    `lyceum freeze import exams.ics --school ${dale.slug}`
  )

  await bo.api.user.updateSchool({ timeZone: 'Asia/Kathmandu' }, { ifMatch: 1 })
  await bo.api.course.createCalendarEntry(exams('Dale finals', '05-15', '05-20'))
  await bo.api.course.createCalendarEntry(exams('Dale resits', '12-10', '12-11'))
  expect(await readFreezes(server, now, now)).toMatchObject({ open: true, until: null, next: { title: 'Hill finals' } })
  // One school's end overlaps the other's margin: released again when both are over.
  expect(await readFreezes(server, at('05-12T10:00'), at('05-12T10:00'))).toMatchObject({
    open: false,
    because: [{ title: 'Hill finals', school: { slug: hill.slug } }],
    until: `${year}-05-20T18:15:00.000Z`
  })
  expect((await readFreezes(server, at('05-09T20:00'), at('05-09T23:59'))).crossed).toEqual([])
  expect((await readFreezes(server, at('05-09T20:00'), at('05-10T00:00'))).crossed).toMatchObject([
    { title: 'Hill finals' }
  ])
  expect((await readFreezes(server, at('05-09T20:00'), at('05-16T00:00'))).crossed).toHaveLength(2)

  // A school that is closed has nobody in it.
  await server.owner.query(`update "user".tenant set suspended_at = now() where id = $1`, [hill.id])
  server.users.tenants.forget()
  expect(await readFreezes(server, at('05-12T10:00'), at('05-12T10:00'))).toMatchObject({ open: true })
})
