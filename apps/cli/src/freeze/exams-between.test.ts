import { expect, it } from 'vitest'
import { examsIn } from './exams-between.ts'
import type { SchoolFreeze } from './read-freezes.ts'

const exams = (given: Partial<SchoolFreeze> = {}): SchoolFreeze => ({
  because: 'exam-period',
  entryId: null,
  title: 'Mocks',
  from: '2027-02-27T23:30:00Z',
  startsAt: '2027-02-28T23:30:00Z',
  until: '2027-03-05T17:00:00Z',
  school: { id: '1', slug: 'hill', name: 'Hill' },
  timeZone: 'Europe/Berlin',
  ...given
})
const at = (from: string, to: string, freezes = [exams()]) => examsIn(freezes, new Date(from), new Date(to)).length

it('counts from the exam itself, not from the margin in which releases are held', () => {
  expect(at('2027-02-28T20:00:00Z', '2027-02-28T22:00:00Z')).toBe(0)
  expect(at('2027-02-28T22:00:00Z', '2027-02-28T23:30:00Z')).toBe(1)
  expect(at('2027-03-05T16:59:00Z', '2027-03-05T19:00:00Z')).toBe(1)
  expect(at('2027-03-05T17:00:00Z', '2027-03-05T19:00:00Z')).toBe(0)
})

it('needs no machines for a calendar that says nothing, and knows exams without an end', () => {
  const unknown = exams({ because: 'calendar-missing', from: null, startsAt: null, until: null })
  expect(at('2027-03-01T00:00:00Z', '2027-03-01T02:00:00Z', [unknown])).toBe(0)
  expect(at('2030-03-01T00:00:00Z', '2030-03-01T02:00:00Z', [exams({ until: null })])).toBe(1)
})
