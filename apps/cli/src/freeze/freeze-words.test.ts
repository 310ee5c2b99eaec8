import { describe, expect, it } from 'vitest'
import { freezeWords } from './freeze-words.ts'
import type { SchoolFreeze } from './read-freezes.ts'

const finals: SchoolFreeze = {
  because: 'exam-period',
  entryId: '019a0000-0000-7000-8000-000000000001',
  title: 'Finals',
  from: '2026-05-09T22:00:00.000Z',
  startsAt: '2026-05-10T22:00:00.000Z',
  until: '2026-05-15T22:00:00.000Z',
  school: { id: '019a0000-0000-7000-8000-000000000002', slug: 'hill', name: 'Hill School' },
  timeZone: 'Europe/Madrid'
}
const said = (now: string, more: Partial<SchoolFreeze> = {}) => freezeWords({ ...finals, ...more }, new Date(now))

describe('an exam period in words', () => {
  it.each(['2026-03-01T02:00:00Z', '2026-05-10T21:59:59Z'])('begins, until it has begun (%s)', (now) => {
    expect(said(now)).toBe('Hill School: exam period “Finals”, which begins on 11 May 2026, 00:00 (Europe/Madrid)')
  })

  it.each(['2026-05-10T22:00:00Z', '2026-05-13T10:00:00Z'])('began, and lasts, from then on (%s)', (now) => {
    expect(said(now)).toBe(
      'Hill School: exam period “Finals”, which began on 11 May 2026, 00:00 (Europe/Madrid) and lasts until 16 May 2026, 00:00 (Europe/Madrid)'
    )
  })

  it('does not say twice when one without a margin begins', () => {
    const event = { because: 'event', from: finals.startsAt } as const
    expect(said('2026-03-01T02:00:00Z', event)).toBe('Hill School: event “Finals”')
    expect(said('2026-05-11T08:00:00Z', event)).toContain('which began on 11 May 2026, 00:00')
  })
})
