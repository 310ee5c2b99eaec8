import { describe, expect, it } from 'vitest'
import type { Status, StatusPart } from './contract.ts'
import { addLooks, historyFrom, historyOf, type Looks, looksOf, SLOTS } from './status-history.ts'

const now = new Date('2026-03-02T14:47:00Z')
const part = (name: string, state: StatusPart['state'], finding: StatusPart['finding']): StatusPart => ({
  name,
  state,
  finding,
  count: null,
  since: null,
  until: null,
  percent: null,
  detail: null
})
const status = (...parts: StatusPart[]): Status => ({ at: now.toISOString(), well: true, parts })
const slot = '2026-03-02T14:30:00.000Z'
const looks = (more: Partial<Looks> = {}): Looks => ({
  slot,
  part: 'database',
  looks: 30,
  degraded: 0,
  away: 0,
  ...more
})

describe('a look', () => {
  it('tells what is away from what is late, and nothing of what is not known, not used or done on purpose', () => {
    expect(
      looksOf(
        status(
          part('database', 'well', 'database.answers'),
          part('redis', 'broken', 'redis.away'),
          part('mail', 'late', 'mail.late'),
          part('disk', 'broken', 'disk.filling'),
          part('rabbitmq', 'unused', 'rabbitmq.unused'),
          part('backup', 'unknown', 'backup.notConnected'),
          part('freeze', 'well', 'freeze.held'),
          part('release', 'well', 'release.one')
        )
      )
    ).toEqual([
      { slot, part: 'database', looks: 1, degraded: 0, away: 0 },
      { slot, part: 'redis', looks: 1, degraded: 0, away: 1 },
      { slot, part: 'mail', looks: 1, degraded: 1, away: 0 },
      { slot, part: 'disk', looks: 1, degraded: 1, away: 0 }
    ])
  })

  it('adds to others of the same half hour', () => {
    const other = { slot: '2026-03-02T14:00:00.000Z' }
    expect(addLooks([looks({ looks: 1, away: 1 }), looks({ looks: 1 }), looks(other)])).toEqual([
      looks({ looks: 2, away: 1 }),
      looks(other)
    ])
  })
})

describe('a history', () => {
  it('has 48 half hours, each as bad as its worst look, and none that nobody looked at', () => {
    const { from, parts } = historyOf(
      [
        looks(),
        looks({ slot: '2026-03-02T14:00:00.000Z', degraded: 2, away: 1 }),
        looks({ slot: '2026-03-02T13:30:00.000Z', degraded: 1 }),
        looks({ slot: historyFrom(now).toISOString() }),
        looks({ part: 'redis', slot: '2026-03-01T14:30:00.000Z' })
      ],
      now
    )
    expect(from).toBe('2026-03-01T15:00:00.000Z')
    expect(parts.map(({ name }) => name)).toEqual(['database'])
    const slots = parts[0]?.slots ?? []
    expect(slots).toHaveLength(SLOTS)
    expect([slots[0], slots[1], ...slots.slice(-4)]).toEqual([
      'healthy',
      'unknown',
      'unknown',
      'degraded',
      'away',
      'healthy'
    ])
  })
})
