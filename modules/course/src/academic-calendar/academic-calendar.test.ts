import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  crossedFreezes,
  type DatedEntry,
  freezeStateAt,
  freezesOf,
  nextFreezeAfter,
  spanOf
} from './academic-calendar.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Zones whose clocks change at odd hours, by half an hour, at midnight, around Ramadan, or never. */
const ZONES = [
  'UTC',
  'Europe/Madrid',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'America/Santiago',
  'Pacific/Chatham',
  'Pacific/Apia'
] as const
/** Around changes of clocks, leap days and turns of the year. */
const DAYS = [
  '2026-03-29',
  '2026-10-25',
  '2026-03-08',
  '2026-11-01',
  '2028-02-28',
  '2026-12-30',
  '2026-04-23',
  '2026-09-05'
]

const plusDays = (day: string, days: number) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10)
const at = (instant: string) => new Date(instant)

let made = 0
const entry = (given: Partial<DatedEntry> & Pick<DatedEntry, 'kind' | 'startsOn' | 'endsOn'>): DatedEntry => ({
  id: `0198a000-0000-7000-8000-${String(++made).padStart(12, '0')}`,
  title: given.kind,
  startTime: null,
  endTime: null,
  freezes: given.kind === 'exam-period',
  marginHours: 24,
  noExams: false,
  ...given
})
const term = (startsOn: string, endsOn: string, noExams = false) => entry({ kind: 'term', startsOn, endsOn, noExams })
const exams = (startsOn: string, endsOn: string, rest: Partial<DatedEntry> = {}) =>
  entry({ kind: 'exam-period', startsOn, endsOn, ...rest })

const anyDay = fc.tuple(fc.constantFrom(...DAYS), fc.integer({ min: -3, max: 3 })).map(([day, by]) => plusDays(day, by))
const anyTime = fc
  .integer({ min: 0, max: 287 })
  .map((n) => `${String(Math.floor(n / 12)).padStart(2, '0')}:${String((n % 12) * 5).padStart(2, '0')}`)
const anyEntry = fc
  .record({
    kind: fc.constantFrom('term' as const, 'exam-period' as const, 'holiday' as const, 'event' as const),
    startsOn: anyDay,
    days: fc.integer({ min: 0, max: 12 }),
    times: fc.option(fc.tuple(anyTime, anyTime), { nil: undefined }),
    asked: fc.boolean(),
    marginHours: fc.integer({ min: 0, max: 72 }),
    noExams: fc.boolean()
  })
  .map(({ kind, startsOn, days, times, asked, marginHours, noExams }) => {
    const [startTime, endTime] = times ?? [null, null]
    return entry({
      kind,
      startsOn,
      endsOn: plusDays(
        startsOn,
        startTime !== null && endTime !== null && endTime <= startTime ? Math.max(days, 1) : days
      ),
      startTime,
      endTime,
      freezes: kind === 'exam-period' || (kind === 'event' && asked),
      marginHours,
      noExams: kind === 'term' && noExams
    })
  })

describe('what an entry means on the clock', () => {
  it('is what people of that zone read on their clocks, whatever their clocks do', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), anyEntry, (zone, one) => {
        const { start, end } = spanOf(one, zone)
        expect(end).toBeGreaterThan(start)
        const [first, last] = [`${one.startsOn}T${one.startTime ?? '00:00'}`, `${one.endsOn}T${one.endTime ?? '24:00'}`]
        // The instant before belongs to earlier on the wall, unless the clocks are put back just then.
        expect(wall(start, zone) <= first || skips(first, zone)).toBe(true)
        expect(wall(start - 60_000, zone) < first || repeats(first, zone) || skips(first, zone)).toBe(true)
        if (one.endTime === null) {
          expect(wall(end, zone) >= `${plusDays(one.endsOn, 1)}T00:00`).toBe(true)
          expect(wall(end - 60_000, zone) < `${plusDays(one.endsOn, 1)}T00:00`).toBe(true)
        } else expect(wall(end, zone) >= last || repeats(last, zone)).toBe(true)
      }),
      { numRuns: 500 }
    )
  })

  it('has 23 and 25 hours on the days the clocks change', () => {
    const hours = (day: string, zone: string) => {
      const { start, end } = spanOf(exams(day, day), zone)
      return (end - start) / HOUR
    }
    expect(hours('2026-03-29', 'Europe/Madrid')).toBe(23)
    expect(hours('2026-10-25', 'Europe/Madrid')).toBe(25)
    expect(hours('2026-04-05', 'Australia/Lord_Howe')).toBe(24.5)
    expect(hours('2028-02-29', 'Asia/Kathmandu')).toBe(24)
    // At midnight of this day the clocks in Beirut go to one: the day begins at one.
    expect(spanOf(exams('2026-03-29', '2026-03-29'), 'Asia/Beirut').start).toBe(Date.parse('2026-03-28T22:00:00Z'))
  })

  it('takes a skipped or repeated time so that the exam is longer, never shorter', () => {
    const skipped = exams('2026-03-29', '2026-03-29', { startTime: '02:30', endTime: '04:00' })
    expect(spanOf(skipped, 'Europe/Madrid').start).toBe(Date.parse('2026-03-29T00:30:00Z'))
    const repeated = exams('2026-10-25', '2026-10-25', { startTime: '01:00', endTime: '02:30' })
    expect(spanOf(repeated, 'Europe/Madrid').end).toBe(Date.parse('2026-10-25T01:30:00Z'))
  })
})

describe('when a school holds releases', () => {
  it('is during exams and the margin before, not in holidays, nor at events unless marked', () => {
    const calendar = [
      term('2026-09-01', '2026-12-18'),
      exams('2026-12-07', '2026-12-16'),
      entry({ kind: 'holiday', startsOn: '2026-10-12', endsOn: '2026-10-12' }),
      entry({ kind: 'event', startsOn: '2026-10-20', endsOn: '2026-10-20' }),
      entry({
        kind: 'event',
        startsOn: '2026-11-03',
        endsOn: '2026-11-03',
        startTime: '09:00',
        endTime: '17:00',
        freezes: true,
        marginHours: 2
      })
    ]
    const freezes = freezesOf(calendar, 'Europe/Madrid')
    const open = (instant: string) => freezeStateAt(freezes, at(instant)).open
    expect(open('2026-10-12T10:00:00Z')).toBe(true)
    expect(open('2026-10-20T10:00:00Z')).toBe(true)
    expect(open('2026-11-03T05:59:59Z')).toBe(true)
    expect(freezeStateAt(freezes, at('2026-11-03T06:00:00Z'))).toMatchObject({
      open: false,
      because: [{ because: 'event', startsAt: '2026-11-03T08:00:00.000Z' }],
      until: '2026-11-03T16:00:00.000Z'
    })
    expect(open('2026-11-03T16:00:00Z')).toBe(true)
    expect(open('2026-12-05T22:59:59Z')).toBe(true)
    expect(open('2026-12-05T23:00:00Z')).toBe(false)
    expect(open('2026-12-16T22:59:59Z')).toBe(false)
    expect(open('2026-12-16T23:00:00Z')).toBe(true)
    expect(nextFreezeAfter(freezes, at('2026-11-04T00:00:00Z'))).toMatchObject({ from: '2026-12-05T23:00:00.000Z' })
  })

  it('is whenever nobody knows better', () => {
    const state = (calendar: DatedEntry[], instant = '2026-10-01T12:00:00Z', zone = 'UTC') =>
      freezeStateAt(freezesOf(calendar, zone), at(instant))
    expect(state([])).toMatchObject({ open: false, until: null, because: [{ because: 'calendar-missing' }] })
    const holiday = entry({ kind: 'holiday', startsOn: '2026-10-12', endsOn: '2026-10-12' })
    expect(state([holiday])).toMatchObject({ open: false, because: [{ because: 'calendar-missing' }] })
    const past = [term('2026-01-07', '2026-06-30'), exams('2026-06-01', '2026-06-12')]
    expect(state(past)).toMatchObject({ open: false, until: null, because: [{ because: 'calendar-ended' }] })
    expect(state([...past, term('2026-09-01', '2026-12-18')])).toMatchObject({
      open: false,
      because: [{ because: 'calendar-ended' }, { because: 'term-without-exams', until: '2026-12-19T00:00:00.000Z' }]
    })
    expect(state([...past, term('2026-09-01', '2026-12-18', true)])).toMatchObject({ open: true })
    expect(state([exams('2027-01-10', '2027-01-20')], '2026-10-01T12:00:00Z', 'Mars/Olympus')).toMatchObject({
      open: false,
      because: [{ because: 'time-zone-unknown' }]
    })
  })

  it('ends when the last of several that overlap or touch ends', () => {
    const freezes = freezesOf(
      [
        term('2026-05-01', '2026-07-31'),
        exams('2026-06-01', '2026-06-10'),
        exams('2026-06-08', '2026-06-12'),
        exams('2026-06-14', '2026-06-15')
      ],
      'UTC'
    )
    expect(freezeStateAt(freezes, at('2026-06-09T00:00:00Z'))).toMatchObject({
      because: [{}, {}],
      until: '2026-06-16T00:00:00.000Z'
    })
  })

  it('agrees, at any instant, with looking at every entry by hand', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.array(anyEntry, { maxLength: 6 }),
        anyDay,
        fc.integer({ min: 0, max: 1439 }),
        (zone, calendar, day, minute) => {
          const instant = new Date(Date.parse(day) + minute * 60_000)
          const freezes = freezesOf(calendar, zone)
          const state = freezeStateAt(freezes, instant)
          const now = instant.getTime()
          const held = calendar.some((one) => {
            const { start, end } = spanOf(one, zone)
            return one.freezes && start - one.marginHours * HOUR <= now && now < end
          })
          if (held) expect(state.open).toBe(false)
          if (state.open) {
            // Something that is known reaches beyond now.
            expect(
              calendar.some((one) => (one.kind === 'exam-period' || one.kind === 'term') && spanOf(one, zone).end > now)
            ).toBe(true)
          } else if (state.until !== null) {
            const until = new Date(state.until)
            expect(until.getTime()).toBeGreaterThan(now)
            expect(freezeStateAt(freezes, until).open).toBe(true)
            expect(freezeStateAt(freezes, new Date(until.getTime() - 1)).open).toBe(false)
          }
        }
      ),
      { numRuns: 500 }
    )
  })
})

describe('a release that takes a while', () => {
  it('crosses a freeze exactly if one of its instants is held', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.array(anyEntry, { minLength: 1, maxLength: 4 }),
        anyDay,
        fc.integer({ min: 0, max: 72 }),
        (zone, calendar, day, hours) => {
          const freezes = freezesOf(calendar, zone)
          const from = new Date(`${day}T10:00:00Z`)
          const to = new Date(from.getTime() + hours * HOUR)
          const crossed = crossedFreezes(freezes, from, to)
          const moments = [
            from,
            to,
            ...freezes.flatMap((freeze) => (freeze.from === null ? [] : [new Date(freeze.from)]))
          ]
          const held = moments.some((moment) => moment >= from && moment <= to && !freezeStateAt(freezes, moment).open)
          expect(crossed.length > 0).toBe(held)
        }
      ),
      { numRuns: 500 }
    )
  })
})

function wall(instant: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit'
  }).format(instant)
  return parts.replace(' ', 'T')
}

/** How often the clocks of a zone show a time within the two days around it, looked up minute by minute. */
function shown(local: string, zone: string): number {
  const guess = Date.parse(`${local}:00Z`)
  let count = 0
  for (let minute = -16 * 60; minute <= 16 * 60; minute += 5) if (wall(guess + minute * 60_000, zone) === local) count++
  return count
}
const skips = (local: string, zone: string): boolean => shown(local, zone) === 0
const repeats = (local: string, zone: string): boolean => shown(local, zone) > 1
