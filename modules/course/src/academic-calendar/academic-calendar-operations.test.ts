import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const newSchool = async ({ timeZone = 'Europe/Madrid' } = {}) => {
  const school = await server.newSchool()
  const admin = await school.person('administrator', 'admin')
  await admin.api.user.updateSchool({ timeZone }, { ifMatch: 1 })
  return { school, admin, course: admin.api.course }
}
/** A day so many days from now. */
const day = (days: number) => new Date(server.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)
const basic = (text: string) => text.replaceAll('-', '')
const calendar = (...events: string[][]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR'
  ].join('\r\n')

describe('the academic calendar', () => {
  it('is kept by administrators and read by everybody of the school', async () => {
    const { school, course } = await newSchool()
    const made = await course.createCalendarEntry({
      kind: 'exam-period',
      title: ' Finals ',
      startsOn: day(30),
      endsOn: day(40)
    })
    expect(made).toMatchObject({
      kind: 'exam-period',
      title: 'Finals',
      startsOn: day(30),
      endsOn: day(40),
      startTime: null,
      freezes: true,
      marginHours: 24,
      noExams: false,
      imported: false,
      version: 1
    })
    for (const role of ['teacher', 'assistant', 'learner', 'observer'] as const) {
      const { api } = await school.person(role)
      expect(await api.course.listCalendarEntries({})).toEqual({ entries: [made] })
      const refused = { status: 403, code: 'auth.permission-missing' }
      await expect(
        api.course.createCalendarEntry({ kind: 'term', title: 'T', startsOn: day(0), endsOn: day(9) })
      ).rejects.toMatchObject(refused)
      await expect(api.course.deleteCalendarEntry({ entryId: made.id })).rejects.toMatchObject(refused)
      await expect(api.course.getCalendarFeed({})).rejects.toMatchObject(refused)
    }
    await expect(school.anyone.course.listCalendarEntries({})).rejects.toMatchObject({ status: 401 })
  })

  it('lists what touches the days that are asked for', async () => {
    const { course } = await newSchool()
    for (const [title, first, last] of [
      ['A', -10, -5],
      ['B', -6, 2],
      ['C', 3, 3]
    ] as const)
      await course.createCalendarEntry({ kind: 'event', title, startsOn: day(first), endsOn: day(last) })
    const titles = async (from: number, to: number) =>
      (await course.listCalendarEntries({ from: day(from), to: day(to) })).entries.map(({ title }) => title)
    expect(await titles(-5, 2)).toEqual(['A', 'B'])
    expect(await titles(2, 3)).toEqual(['B', 'C'])
    expect(await titles(4, 9)).toEqual([])
    const ever = await course.listCalendarEntries({ from: '0000-01-01', to: '9999-12-31' })
    expect(ever.entries).toHaveLength(3)
  })

  it('names the field that is wrong', async () => {
    const { course } = await newSchool()
    const wrong = (given: object) =>
      course.createCalendarEntry({ kind: 'event', title: 'E', startsOn: '2026-05-11', endsOn: '2026-05-12', ...given })
    const at = (field: string) => ({ status: 400, problem: { errors: [expect.objectContaining({ field })] } })
    await expect(wrong({ endsOn: '2026-05-10' })).rejects.toMatchObject(at('/endsOn'))
    await expect(wrong({ endsOn: '2028-05-10' })).rejects.toMatchObject(at('/endsOn'))
    await expect(wrong({ startTime: '09:00' })).rejects.toMatchObject(at('/endTime'))
    await expect(wrong({ endsOn: '2026-05-11', startTime: '09:00', endTime: '09:00' })).rejects.toMatchObject(
      at('/endTime')
    )
    await expect(wrong({ startsOn: '1026-05-11' })).rejects.toMatchObject(at('/startsOn'))
    await expect(wrong({ startsOn: '2026-02-29' })).rejects.toMatchObject({ status: 400 })
    await expect(wrong({ startTime: '24:00', endTime: '25:00' })).rejects.toMatchObject({ status: 400 })
    await expect(wrong({ title: '  ' })).rejects.toMatchObject(at('/title'))
  })

  it('keeps the work of whoever saved first, and brings back what was removed', async () => {
    const { course } = await newSchool()
    const { id: entryId } = await course.createCalendarEntry({
      kind: 'event',
      title: 'Open day',
      startsOn: day(5),
      endsOn: day(5)
    })
    const timed = await course.updateCalendarEntry(
      { entryId, startTime: '09:00', endTime: '17:30', freezes: true, marginHours: 2 },
      { ifMatch: 1 }
    )
    expect(timed).toMatchObject({
      title: 'Open day',
      startTime: '09:00',
      endTime: '17:30',
      freezes: true,
      marginHours: 2,
      version: 2
    })
    await expect(course.updateCalendarEntry({ entryId, title: 'Mine' }, { ifMatch: 1 })).rejects.toMatchObject({
      status: 412,
      code: 'calendar.entry-stale'
    })
    // A holiday never holds releases, whatever it was before.
    expect(await course.updateCalendarEntry({ entryId, kind: 'holiday' }, { ifMatch: 2 })).toMatchObject({
      freezes: false
    })
    await course.deleteCalendarEntry({ entryId })
    expect(await course.listCalendarEntries({})).toEqual({ entries: [] })
    await expect(course.updateCalendarEntry({ entryId, title: 'x' }, { ifMatch: 4 })).rejects.toMatchObject({
      status: 404
    })
    await course.restoreCalendarEntry({ entryId })
    expect((await course.listCalendarEntries({})).entries).toMatchObject([{ id: entryId, kind: 'holiday' }])
  })
})

describe('the question whether releases are held', () => {
  it('is answered in the clocks of the school, and yes while nobody has said anything', async () => {
    const { course } = await newSchool({ timeZone: 'Asia/Kathmandu' })
    const state = async (at?: string) => (await course.listFreezes(at === undefined ? {} : { at })).state
    expect(await state()).toMatchObject({ open: false, until: null, because: [{ because: 'calendar-missing' }] })
    const term = await course.createCalendarEntry({
      kind: 'term',
      title: 'Autumn',
      startsOn: day(-10),
      endsOn: day(60)
    })
    expect((await state()).because).toContainEqual(
      expect.objectContaining({ because: 'term-without-exams', title: 'Autumn' })
    )
    await course.updateCalendarEntry({ entryId: term.id, noExams: true }, { ifMatch: 1 })
    expect(await state()).toMatchObject({ open: true, because: [], next: { because: 'calendar-ended' } })
    await course.createCalendarEntry({
      kind: 'exam-period',
      title: 'Resits',
      startsOn: '2035-05-11',
      endsOn: '2035-05-12'
    })
    // Midnight of 10 May in Kathmandu is 18:15 of the day before in UTC.
    expect(await state('2035-05-09T18:15:00.000Z')).toMatchObject({
      open: false,
      because: [{ title: 'Resits', from: '2035-05-09T18:15:00.000Z', startsAt: '2035-05-10T18:15:00.000Z' }],
      until: null
    })
    expect(await state('2035-05-09T18:14:59.000Z')).toMatchObject({ open: true })
    const { freezes, timeZone } = await course.listFreezes({
      from: '2035-05-01T00:00:00.000Z',
      to: '2035-05-11T00:00:00.000Z'
    })
    expect(timeZone).toBe('Asia/Kathmandu')
    expect(freezes.map(({ because }) => because)).toEqual(['exam-period'])
  })
})

describe('an import', () => {
  it('shows first what it would do, then does that, and doubles nothing when it is done again', async () => {
    const { course } = await newSchool()
    const ics = (title: string, last: number) =>
      calendar(
        [
          'UID:exams@uni',
          `DTSTART;VALUE=DATE:${basic(day(20))}`,
          `DTEND;VALUE=DATE:${basic(day(last))}`,
          `SUMMARY:${title}`
        ],
        ['UID:orals@uni', `DTSTART;VALUE=DATE:${basic(day(50))}`, 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:Orals'],
        ['UID:broken@uni', 'SUMMARY:Broken', 'DTSTART;VALUE=DATE:20260230']
      )
    const given = { ics: ics('Exams', 25), kinds: [{ uid: 'orals@uni', kind: 'exam-period' as const }] }
    const preview = await course.previewCalendarImport(given)
    expect(preview.counts).toEqual({ create: 4, replace: 0, unchanged: 0, remove: 0, outside: 0, error: 1 })
    expect(preview.rows[0]).toMatchObject({
      uid: 'broken@uni',
      title: 'Broken',
      outcome: 'error',
      faults: [{ code: 'unreadable' }]
    })
    expect(await course.listCalendarEntries({})).toEqual({ entries: [] })
    expect(await course.importCalendar(given)).toEqual(preview)
    const { entries } = await course.listCalendarEntries({})
    expect(
      entries.map(({ kind, title, startsOn, endsOn, imported }) => [kind, title, startsOn, endsOn, imported])
    ).toEqual([
      ['exam-period', 'Exams', day(20), day(24), true],
      ['exam-period', 'Orals', day(50), day(50), true],
      ['exam-period', 'Orals', day(51), day(51), true],
      ['exam-period', 'Orals', day(52), day(52), true]
    ])
    // What somebody decided here stays, what the file says comes from the file.
    const [exams] = entries
    if (!exams) throw new Error('imported above')
    await course.updateCalendarEntry({ entryId: exams.id, marginHours: 48, kind: 'event' }, { ifMatch: 1 })
    const again = await course.importCalendar({ ics: ics('Exams, longer', 27).replace('COUNT=3', 'COUNT=2') })
    expect(again.counts).toEqual({ create: 0, replace: 1, unchanged: 2, remove: 1, outside: 0, error: 1 })
    const after = (await course.listCalendarEntries({})).entries
    expect(after).toHaveLength(3)
    expect(after[0]).toMatchObject({
      id: exams.id,
      kind: 'event',
      title: 'Exams, longer',
      endsOn: day(26),
      marginHours: 48,
      version: 3
    })
    await course.deleteCalendarEntry({ entryId: exams.id })
    expect((await course.importCalendar({ ics: ics('Exams', 25) })).counts).toMatchObject({ create: 2, unchanged: 2 })
    expect((await course.listCalendarEntries({})).entries).toHaveLength(4)
  })

  it('leaves an exam where it is when the newer file has it broken', async () => {
    const { course } = await newSchool()
    const exam = (...lines: string[]) => calendar(['UID:exam', 'SUMMARY:Exam', ...lines])
    await course.importCalendar({ ics: exam(`DTSTART:${basic(day(20))}T090000Z`, 'DURATION:PT2H') })
    const broken = [
      exam(`DTSTART:${basic(day(21))}T090000Z`, `DTEND:${basic(day(21))}T080000Z`),
      exam(`DTSTART:${basic(day(21))}T090000Z`, 'GARBAGE'),
      exam(`DTSTART:${basic(day(21))}T090000Z`, 'RRULE:FREQ=SECONDLY')
    ]
    for (const ics of broken)
      expect((await course.importCalendar({ ics })).counts).toMatchObject({ error: 1, remove: 0 })
    expect((await course.listCalendarEntries({})).entries).toMatchObject([{ title: 'Exam', startsOn: day(20) }])
    expect(
      (await course.importCalendar({ ics: exam(`DTSTART:${basic(day(20))}T090000Z`, 'STATUS:CANCELLED') })).counts
    ).toMatchObject({ remove: 1 })
  })

  it('makes every entry once when it is sent twice at the same moment', async () => {
    const { course } = await newSchool()
    const ics = calendar([
      'UID:a',
      `DTSTART;VALUE=DATE:${basic(day(20))}`,
      'RRULE:FREQ=DAILY;COUNT=20',
      'SUMMARY:Exams'
    ])
    await Promise.all([1, 2, 3].map(() => course.importCalendar({ ics })))
    expect((await course.listCalendarEntries({})).entries).toHaveLength(20)
  })

  it('refuses what is no calendar, too large, or more than a calendar holds', async () => {
    const { course } = await newSchool()
    await expect(course.previewCalendarImport({ ics: 'hello' })).rejects.toMatchObject({
      status: 400,
      code: 'calendar-import.not-a-calendar'
    })
    await expect(course.previewCalendarImport({ ics: 'x'.repeat(1_000_001) })).rejects.toMatchObject({ status: 400 })
    await expect(course.previewCalendarImport({ ics: 'x'.repeat(5_000_000) })).rejects.toMatchObject({ status: 413 })
    const days = (uid: string) =>
      calendar([`UID:${uid}`, `DTSTART;VALUE=DATE:${basic(day(0))}`, 'RRULE:FREQ=DAILY;COUNT=1050'])
    await course.importCalendar({ ics: days('a') })
    await expect(course.importCalendar({ ics: days('b') })).rejects.toMatchObject({
      status: 409,
      code: 'calendar.too-many-entries'
    })
    expect((await course.listCalendarEntries({})).entries).toHaveLength(1050)
  })
})

describe('the link for other calendars', () => {
  const fetchFeed = (url: string, host: string) => server.app.inject({ url: new URL(url).pathname, headers: { host } })

  it('offers the calendar to whoever has it, until it is replaced or ended', async () => {
    const { school, course } = await newSchool()
    expect(await course.getCalendarFeed({})).toEqual({ url: null })
    const { url } = await course.replaceCalendarFeed({})
    expect(await course.getCalendarFeed({})).toEqual({ url })
    expect(url).toMatch(new RegExp(`^http://${school.host}/api/v1/calendar/[\\w-]{22}[.]ics$`))
    const made = await course.createCalendarEntry({
      kind: 'exam-period',
      title: 'Finals; all, of them',
      startsOn: '2035-05-11',
      endsOn: '2035-05-12'
    })
    await course.createCalendarEntry({
      kind: 'event',
      title: 'الحفل',
      startsOn: '2035-07-01',
      endsOn: '2035-07-01',
      startTime: '18:00',
      endTime: '20:00'
    })
    const answer = await fetchFeed(url, school.host)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8')
    const lines = answer.body.split('\r\n')
    for (const line of [
      `UID:${made.id}@lyceum`,
      'DTSTART;VALUE=DATE:20350511',
      'DTEND;VALUE=DATE:20350513',
      'SUMMARY:Finals\\; all\\, of them',
      'CATEGORIES:EXAM-PERIOD',
      'DTSTART:20350701T160000Z',
      'DTEND:20350701T180000Z',
      'SUMMARY:الحفل'
    ])
      expect(lines).toContain(line)
    expect(lines.at(-1)).toBe('')
    expect(lines.every((line) => Buffer.byteLength(line) <= 75)).toBe(true)
    // What came back from another calendar is known by its UID.
    const range = { from: '2035-01-01', to: '2035-12-31' }
    expect((await course.previewCalendarImport({ ics: answer.body, ...range })).counts).toMatchObject({
      unchanged: 2,
      create: 0
    })

    const elsewhere = await newSchool()
    expect((await fetchFeed(url, elsewhere.school.host)).statusCode).toBe(404)
    const other = await course.replaceCalendarFeed({})
    expect((await fetchFeed(url, school.host)).json()).toMatchObject({ code: 'calendar.feed-ended' })
    expect((await fetchFeed(other.url, school.host)).statusCode).toBe(200)
    await course.deleteCalendarFeed({})
    expect((await fetchFeed(other.url, school.host)).statusCode).toBe(404)
  })
})
