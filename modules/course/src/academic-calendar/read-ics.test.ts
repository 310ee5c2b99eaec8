import { describe, expect, it } from 'vitest'
import { readIcs } from './read-ics.ts'

const RANGE = { from: '2025-09-01', to: '2027-08-31', timeZone: 'Europe/Madrid' }

const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n')
const file = (...events: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...events, 'END:VCALENDAR', ''].join('\r\n')
const read = (...events: string[]) => readIcs(file(...events), RANGE)
const days = (...events: string[]) => read(...events).occurrences.map(({ startsOn, endsOn }) => [startsOn, endsOn])

describe('a calendar file', () => {
  it('gives whole days without the day after', () => {
    expect(days(event('UID:a', 'DTSTART;VALUE=DATE:20260511', 'DTEND;VALUE=DATE:20260523'))).toEqual([
      ['2026-05-11', '2026-05-22']
    ])
    expect(days(event('UID:a', 'DTSTART;VALUE=DATE:20280229'))).toEqual([])
    expect(days(event('UID:a', 'DTSTART;VALUE=DATE:20260511'))).toEqual([['2026-05-11', '2026-05-11']])
    expect(days(event('UID:a', 'DTSTART;VALUE=DATE:20260511', 'DTEND;VALUE=DATE:20260511'))).toEqual([
      ['2026-05-11', '2026-05-11']
    ])
    expect(days(event('UID:a', 'DTSTART;VALUE=DATE:20260511', 'DURATION:P1W'))).toEqual([['2026-05-11', '2026-05-17']])
  })

  it('brings times of any zone to the clocks of the school', () => {
    const times = (...lines: string[]) => {
      const [found] = read(event('UID:a', ...lines)).occurrences
      return [found?.startsOn, found?.startTime, found?.endsOn, found?.endTime]
    }
    expect(times('DTSTART:20260511T070000Z', 'DTEND:20260511T090000Z')).toEqual([
      '2026-05-11',
      '09:00',
      '2026-05-11',
      '11:00'
    ])
    expect(times('DTSTART:20260511T090000', 'DURATION:PT90M')).toEqual(['2026-05-11', '09:00', '2026-05-11', '10:30'])
    expect(
      times('DTSTART;TZID=America/New_York:20260511T200000', 'DTEND;TZID=America/New_York:20260511T210000')
    ).toEqual(['2026-05-12', '02:00', '2026-05-12', '03:00'])
    // An exam that does not say how long it takes is of its whole day.
    expect(times('DTSTART:20260511T070000Z')).toEqual(['2026-05-11', null, '2026-05-11', null])
  })

  it('says so when it takes an unknown zone as that of the school', () => {
    const line = 'DTSTART;TZID="W. Europe Standard Time":20260511T090000'
    expect(read(event('UID:a', line, 'DURATION:PT1H')).occurrences).toMatchObject([
      { startTime: '09:00', faults: [{ code: 'time-zone-unknown', message: expect.stringContaining('W. Europe') }] }
    ])
  })

  it('repeats within the range only, on the same clock time across changes of clocks', () => {
    const weekly = event(
      'UID:w',
      'DTSTART;TZID=Europe/Madrid:20260316T090000',
      'DURATION:PT2H',
      'RRULE:FREQ=WEEKLY;COUNT=4',
      'EXDATE;TZID=Europe/Madrid:20260323T090000'
    )
    expect(read(weekly).occurrences.map(({ startsOn, startTime, part }) => [startsOn, startTime, part])).toEqual([
      ['2026-03-16', '09:00', '2026-03-16T09:00:00'],
      ['2026-03-30', '09:00', '2026-03-30T09:00:00'],
      ['2026-04-06', '09:00', '2026-04-06T09:00:00']
    ])
    expect(days(event('UID:y', 'DTSTART;VALUE=DATE:20000501', 'RRULE:FREQ=YEARLY'))).toEqual([
      ['2026-05-01', '2026-05-01'],
      ['2027-05-01', '2027-05-01']
    ])
    expect(days(event('UID:r', 'DTSTART;VALUE=DATE:20260501', 'RDATE;VALUE=DATE:20260608,20260609'))).toHaveLength(3)
  })

  it('follows single occurrences that were moved or called off', () => {
    const whole = event('UID:m', 'DTSTART;VALUE=DATE:20260601', 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:Orals')
    const moved = event(
      'UID:m',
      'RECURRENCE-ID;VALUE=DATE:20260602',
      'DTSTART;VALUE=DATE:20260605',
      'SUMMARY:Orals\\, late'
    )
    const off = event('UID:m', 'RECURRENCE-ID;VALUE=DATE:20260603', 'DTSTART;VALUE=DATE:20260603', 'STATUS:CANCELLED')
    expect(read(whole, moved, off).occurrences).toMatchObject([
      { startsOn: '2026-06-01', title: 'Orals', part: '2026-06-01' },
      { startsOn: '2026-06-05', title: 'Orals, late', part: '2026-06-02' }
    ])
    expect(read(event('UID:c', 'DTSTART;VALUE=DATE:20260601', 'STATUS:CANCELLED'))).toMatchObject({
      occurrences: [],
      uids: ['c']
    })
  })

  it.each([
    ['Final examinations', null, 'exam-period'],
    ['امتحانات نهاية الفصل', null, 'exam-period'],
    ['Autumn term', null, 'term'],
    ['الفصل الدراسي الأول', null, 'term'],
    ['Start of term: autumn term begins', null, null],
    ['Spring break', null, 'holiday'],
    ['Garden party', null, null],
    ['Week 12', 'EXAM-PERIOD', 'exam-period'],
    ['Reading week', 'Holidays', 'holiday'],
    ['Exam results party', 'EVENT', 'exam-period']
  ])('knows what “%s” in category %s is', (title, category, kind) => {
    const lines = category === null ? [] : [`CATEGORIES:${category}`]
    const [found] = read(event('UID:a', 'DTSTART;VALUE=DATE:20260511', `SUMMARY:${title}`, ...lines)).occurrences
    expect(found?.kind).toBe(kind)
  })

  it('names every event that cannot be read, and keeps the others', () => {
    const { occurrences, faulty } = read(
      event('UID:fine', 'DTSTART;VALUE=DATE:20260511', 'SUMMARY:Fine'),
      event('UID:line', 'SUMMARY:Broken line', 'GARBAGE', 'DTSTART;VALUE=DATE:20260511'),
      event('UID:date', 'SUMMARY:No such day', 'DTSTART;VALUE=DATE:20260230'),
      event('UID:month', 'SUMMARY:No such month', 'DTSTART:2026-13-45'),
      event('UID:start', 'SUMMARY:No start'),
      event('SUMMARY:No UID', 'DTSTART;VALUE=DATE:20260511'),
      event('UID:rule', 'SUMMARY:No rule', 'DTSTART;VALUE=DATE:20260511', 'RRULE:FREQ=SOMETIMES'),
      event('UID:often', 'SUMMARY:Every second', 'DTSTART:20260511T090000Z', 'RRULE:FREQ=SECONDLY'),
      event('UID:never', 'SUMMARY:Never', 'DTSTART;VALUE=DATE:20260511', 'DTEND;VALUE=DATE:20360511'),
      event('UID:back', 'SUMMARY:Backwards', 'DTSTART:20260511T090000Z', 'DTEND:20260511T080000Z'),
      'BEGIN:VEVENT\r\nUID:open\r\nSUMMARY:Without an end'
    )
    expect(occurrences.map(({ uid }) => uid)).toEqual(['fine'])
    expect(faulty.map(({ title, fault }) => [title, fault.code])).toEqual(
      expect.arrayContaining([
        ['Broken line', 'unreadable'],
        ['No such day', 'unreadable'],
        ['No such month', 'unreadable'],
        ['No start', 'no-start'],
        ['No UID', 'no-uid'],
        ['No rule', 'unreadable'],
        ['Every second', 'repeats-too-often'],
        ['Never', 'too-long'],
        ['Backwards', 'before-start'],
        ['Without an end', 'unreadable']
      ])
    )
    expect(faulty).toHaveLength(10)
  })

  it('takes an event that stands in it twice once, as it stands there last', () => {
    const twice = ['20260511', '20260512'].map((day) => event('UID:a', `DTSTART;VALUE=DATE:${day}`))
    expect(days(...twice)).toEqual([['2026-05-12', '2026-05-12']])
  })

  it('is refused when it is no calendar or larger than any school year', () => {
    expect(() => readIcs('name,email\nAna,ana@example.org', RANGE)).toThrow(
      expect.objectContaining({ code: 'calendar-import.not-a-calendar' })
    )
    const one = event('UID:a', 'DTSTART;VALUE=DATE:20260511')
    expect(() => read(...Array.from({ length: 2001 }, () => one))).toThrow(
      expect.objectContaining({ code: 'calendar-import.too-many-events' })
    )
    expect(() =>
      read(...Array.from({ length: 4 }, (_, n) => event(`UID:${n}`, 'DTSTART;VALUE=DATE:20250901', 'RRULE:FREQ=DAILY')))
    ).toThrow(expect.objectContaining({ code: 'calendar-import.too-many-events' }))
  })

  it('comes to an end with rules that no day ever satisfies', () => {
    const rules = [
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=5',
      'FREQ=MONTHLY;BYDAY=1TH;BYSETPOS=2'
    ]
    const { occurrences, faulty } = read(
      ...rules.flatMap((rule, n) =>
        Array.from({ length: 100 }, (_, m) => event(`UID:${n}-${m}`, 'DTSTART;VALUE=DATE:20260511', `RRULE:${rule}`))
      )
    )
    expect(occurrences.length + faulty.length).toBe(300)
  })
})
