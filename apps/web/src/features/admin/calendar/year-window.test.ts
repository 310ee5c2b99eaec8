import type { CalendarEntry } from '@lyceum/course/contract'
import { expect, test } from 'vitest'
import { isUnsettled, monthsOf, rowsOf, shifted, windowAround, windowFrom } from './year-window.ts'

const entry = (kind: CalendarEntry['kind'], startsOn: string, endsOn: string): CalendarEntry => ({
  id: `${kind} ${startsOn}`,
  kind,
  title: kind,
  startsOn,
  endsOn,
  startTime: null,
  endTime: null,
  freezes: kind === 'exam-period',
  marginHours: 24,
  noExams: false,
  imported: false,
  version: 1
})
const autumn = entry('term', '2026-09-07', '2026-12-18')
const spring = entry('term', '2027-01-11', '2027-06-30')

test('a year begins with the term that runs, or with this month', () => {
  expect(windowAround([autumn, spring], '2026-11-23')).toEqual({ first: '2026-09-01', last: '2027-08-31' })
  expect(windowAround([autumn, spring], '2026-12-28')).toEqual({ first: '2026-12-01', last: '2027-11-30' })
  expect(windowAround([], '2028-02-29')).toEqual({ first: '2028-02-01', last: '2029-01-31' })
  expect(shifted(windowFrom('2026-09-01'), -1)).toEqual({ first: '2025-09-01', last: '2026-08-31' })
})

test('a row shows a term and its exams; what belongs to none has rows of its own', () => {
  const finals = entry('exam-period', '2026-12-10', '2026-12-18')
  const resits = entry('exam-period', '2027-08-16', '2027-09-03')
  const rows = rowsOf(
    [autumn, finals, entry('holiday', '2026-10-12', '2026-10-12'), spring, resits],
    windowFrom('2026-09-01')
  )
  expect(rows.map(({ term, segments }) => [term?.entry.id ?? null, segments.map((one) => one.entry.id)])).toEqual([
    [autumn.id, [finals.id]],
    [spring.id, []],
    [null, [resits.id]],
    [null, ['holiday 2026-10-12']]
  ])
  // The resits go on into the next year; here they end with this one.
  const [shown] = rows[2]?.segments ?? []
  expect((shown?.start ?? 0) + (shown?.size ?? 0)).toBe(100)
  expect(rows[3]?.segments[0]?.size).toBeCloseTo(100 / 365)
})

test('a term waits for exams until some are entered in it, or none are said to come', () => {
  expect(isUnsettled(autumn, [autumn, entry('exam-period', '2026-12-19', '2026-12-20')])).toBe(true)
  expect(isUnsettled(autumn, [autumn, entry('exam-period', '2026-12-18', '2026-12-20')])).toBe(false)
  expect(isUnsettled({ ...autumn, noExams: true }, [])).toBe(false)
})

test('months follow each other over the whole width', () => {
  const months = monthsOf(windowFrom('2027-03-01'))
  expect(months.map(({ day }) => day.slice(5, 7)).join(' ')).toBe('03 04 05 06 07 08 09 10 11 12 01 02')
  expect(months[0]?.start).toBe(0)
  expect(months[11]?.start).toBeCloseTo((337 / 366) * 100)
})
