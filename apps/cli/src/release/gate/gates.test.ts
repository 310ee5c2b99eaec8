import { describe, expect, it } from 'vitest'
import { planOf } from '../testing/rehearsal.ts'
import { type Facts, known, unknown } from './gate.ts'
import { allGates, lookAtGates } from './gates.ts'
import { readOverride, readWaiver } from './override.ts'

const now = new Date('2026-03-01T02:00:00Z')
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
const reason = 'sign-in is broken for everybody'
const good: Facts = {
  now,
  plan: planOf(),
  worstEnd: at(2),
  lockedBy: null,
  freezes: known({ freezes: [], readAt: at(-1) }),
  ledger: known({ foreign: [], applied: [{ name: 'platform/0001-ground', phase: 'expand' }], pending: [] }),
  lint: known([]),
  disk: known({ freeBytes: 9e9, neededBytes: 2e9 }),
  certificate: known(at(24 * 60)),
  settingFaults: known([]),
  tests: known({ passed: true, commit: 'c-r2', at: at(-1).toISOString() }),
  backup: known({ provenAt: at(-3), failed: null }),
  errorBudget: known({ lastHour: 0.2, lastSixHours: 0.5, left: 0.9 }),
  impact: known([]),
  override: null,
  backupWaiver: null
}
const looked = (more: Partial<Facts>) =>
  Object.fromEntries(lookAtGates({ ...good, ...more }).map(({ gate, state }) => [gate, state]))
const notOpen = (more: Partial<Facts>) => Object.entries(looked(more)).filter(([, state]) => state !== 'open')

describe('the gates', () => {
  it('are all open when everything is well', () => expect(notOpen({})).toEqual([]))

  it.each<[string, Partial<Facts>, string, string]>([
    ['the lock is held', { lockedBy: 'ada has it' }, 'lock', 'closed'],
    [
      'a freeze lasts',
      { freezes: known({ readAt: now, freezes: [{ name: 'Exams', start: at(-1), end: at(1) }] }) },
      'freeze',
      'closed'
    ],
    [
      'a freeze begins before the worst end',
      { freezes: known({ readAt: now, freezes: [{ name: 'Exams', start: at(2.4), end: at(9) }] }) },
      'freeze',
      'closed'
    ],
    ['the calendar is a day old', { freezes: known({ readAt: at(-25), freezes: [] }) }, 'freeze', 'closed'],
    ['there is no calendar', { freezes: unknown('no file') }, 'freeze', 'closed'],
    [
      'the release needs an older schema than is there',
      { ledger: known({ foreign: [], applied: [], pending: [] }) },
      'schema',
      'closed'
    ],
    ['the database is away', { lint: unknown('ECONNREFUSED') }, 'migration lint', 'closed'],
    ['the lint finds something', { lint: known(['0007 drops']) }, 'migration lint', 'closed'],
    ['the disk is full', { disk: known({ freeBytes: 1, neededBytes: 2 }) }, 'disk', 'closed'],
    ['the certificate ends in two days', { certificate: known(at(48)) }, 'certificate', 'closed'],
    ['the certificate ends in two weeks', { certificate: known(at(24 * 14)) }, 'certificate', 'warning'],
    ['a setting is missing', { settingFaults: known(['SMTP_URL']) }, 'settings', 'closed'],
    ['tests failed', { tests: known({ passed: false, commit: 'c-r2', at: '' }) }, 'tests', 'closed'],
    ['tests were of another commit', { tests: known({ passed: true, commit: 'c-r1', at: '' }) }, 'tests', 'closed'],
    ['nobody said that tests ran', { tests: unknown('release.json says nothing') }, 'tests', 'closed'],
    [
      'the last proven backup is old',
      { backup: known({ provenAt: at(-27), failed: null }), backupWaiver: reason },
      'backup',
      'closed'
    ],
    [
      'no backup was ever proven',
      { backup: known({ provenAt: null, failed: null }), backupWaiver: reason },
      'backup',
      'closed'
    ],
    [
      'the last trial of a backup failed',
      { backup: known({ provenAt: at(-3), failed: { at: at(-1), why: 'other rows' } }), backupWaiver: reason },
      'backup',
      'closed'
    ],
    ['there are no backups', { backup: known(null) }, 'backup', 'closed'],
    ['there are none and somebody says why', { backup: known(null), backupWaiver: reason }, 'backup', 'lifted'],
    [
      'errors burn fast',
      { errorBudget: known({ lastHour: 14.4, lastSixHours: 1, left: 0.9 }) },
      'error budget',
      'closed'
    ],
    [
      'errors burn slowly',
      { errorBudget: known({ lastHour: 1, lastSixHours: 6, left: 0.9 }) },
      'error budget',
      'closed'
    ],
    [
      'the budget is used up',
      { errorBudget: known({ lastHour: 0, lastSixHours: 0, left: 0 }) },
      'error budget',
      'closed'
    ],
    [
      'an exam is being written',
      { impact: known([{ what: 'attempts', count: 40, until: at(1).toISOString() }]) },
      'learners',
      'warning'
    ]
  ])('when %s', (_, more, gate, state) => expect(notOpen(more)).toEqual([[gate, state]]))

  it('keep rolling away from people in the middle of something', () => {
    const impact = known([{ what: 'attempts', count: 40, until: at(1).toISOString() }])
    expect(notOpen({ impact, plan: planOf({ strategy: 'rolling' }) })).toEqual([['learners', 'closed']])
  })

  it('never let a release need what only waits for something to be removed', () => {
    const drop = { name: 'course/0009-drop', phase: 'contract' }
    const applied = [{ name: 'platform/0001-ground', phase: 'expand' }]
    const ledger = (...pending: { name: string; phase: string }[]) => known({ foreign: [], applied, pending })
    expect(notOpen({ ledger: ledger(drop) })).toEqual([])
    expect(notOpen({ ledger: ledger(drop, { name: 'file/0003-more', phase: 'expand' }) })).toEqual([])
    expect(notOpen({ ledger: ledger(drop, { name: 'course/0010-more', phase: 'expand' }) })).toEqual([
      ['migrations', 'closed']
    ])
  })

  it('say what to do wherever they are closed', () => {
    const nothing = unknown('away')
    const all = lookAtGates({
      ...good,
      lockedBy: 'ada',
      freezes: nothing,
      ledger: nothing,
      lint: nothing,
      disk: nothing,
      certificate: nothing,
      settingFaults: nothing,
      tests: nothing,
      backup: nothing,
      errorBudget: nothing,
      impact: nothing
    })
    expect(all).toHaveLength(allGates.length)
    for (const { state, remedy } of all) expect([state, remedy === '']).toEqual(['closed', false])
  })
})

describe('an emergency override', () => {
  const given = { by: 'ada', approvedBy: 'ben', reason, ticket: 'OPS-7', now }
  const frozen = known({ readAt: now, freezes: [{ name: 'Exams', start: at(-1), end: at(9) }] })

  it('let a first release open the door whose certificate nobody has seen yet', () => {
    const certificate = unknown('connect ECONNREFUSED')
    expect(notOpen({ certificate })).toEqual([['certificate', 'closed']])
    expect(notOpen({ certificate, plan: planOf({ previous: null }) })).toEqual([['certificate', 'warning']])
  })

  it('lets a release in that mends what burns the error budget', () => {
    const errorBudget = known({ lastHour: 40, lastSixHours: 20, left: -1 })
    expect(notOpen({ errorBudget })).toEqual([['error budget', 'closed']])
    expect(notOpen({ errorBudget, override: readOverride(given) })).toEqual([['error budget', 'lifted']])
    expect(notOpen({ errorBudget: unknown('away'), override: readOverride(given) })).toEqual([
      ['error budget', 'closed']
    ])
  })

  it('lifts the freeze for an hour, and none of the others', () => {
    const override = readOverride(given)
    expect(notOpen({ freezes: frozen, override })).toEqual([['freeze', 'lifted']])
    expect(notOpen({ freezes: frozen, override, now: new Date(now.getTime() + 3_600_000) })).toEqual([
      ['freeze', 'closed']
    ])
    expect(
      notOpen({
        override,
        freezes: frozen,
        backup: known(null),
        lint: known(['0007 drops']),
        ledger: known({
          foreign: [],
          applied: [{ name: 'platform/0001-ground', phase: 'expand' }],
          pending: [
            { name: 'a/2', phase: 'contract' },
            { name: 'a/3', phase: 'backfill' }
          ]
        })
      })
    ).toEqual([
      ['freeze', 'lifted'],
      ['backup', 'closed'],
      ['migrations', 'closed'],
      ['migration lint', 'closed']
    ])
  })

  it.each([
    [{ approvedBy: 'Ada' }, /second person/],
    [{ approvedBy: undefined }, /second person/],
    [{ reason: 'because' }, /20 characters/],
    [{ ticket: ' ' }, /ticket/]
  ])('is refused with %j', (more, fault) => expect(() => readOverride({ ...given, ...more })).toThrow(fault))

  it('is no waiver, which needs a reason of its own', () => {
    expect(() => readWaiver('no')).toThrow(/20 characters/)
    expect(readWaiver(reason)).toBe(reason)
  })
})
