import { describe, expect, it } from 'vitest'
import type { QueueDepth, TaskDepth } from '../observability/queue-depth.ts'
import { type StatusFacts, statusOf } from './status.ts'

const now = new Date('2026-03-02T14:30:00Z')
const task = (name: string, more: Partial<TaskDepth> = {}): TaskDepth => ({
  task: name,
  jobs: { waiting: 0, running: 0, retrying: 0, dead: 0 },
  oldestSeconds: 0,
  lateSince: null,
  ...more
})
const queue = (...tasks: TaskDepth[]): QueueDepth => ({
  jobs: { waiting: 0, running: 0, retrying: 0, dead: 0 },
  tasks,
  oldestJobSeconds: 0,
  eventsWaiting: 0,
  oldestEventSeconds: 0,
  eventsDead: 0
})
const healthy: StatusFacts = {
  checks: [
    { name: 'database', ok: true, message: 'answers' },
    { name: 'storage', ok: true, message: 'answers' }
  ],
  queue: queue(),
  disk: { usedRatio: 0.4 },
  mail: { transport: 'smtp', task: 'mail.send', reactionTask: 'react' },
  certificate: new Date('2026-06-01T00:00:00Z'),
  release: 'r1',
  startedAt: new Date('2026-03-01T00:00:00Z'),
  releases: ['r1'],
  freezes: { held: null, next: null },
  backups: 'none',
  uses: { redis: false, rabbitmq: false }
}
const partOf = (facts: Partial<StatusFacts>, name: string) =>
  statusOf({ ...healthy, ...facts }, now).parts.find((part) => part.name === name)

it('says that all is well, and what it does not know', () => {
  const { well, parts } = statusOf(healthy, now)
  expect(well).toBe(true)
  expect(parts.filter(({ state }) => state === 'unknown').map(({ name }) => name)).toEqual(['backup'])
})

describe('mail', () => {
  it('is late since the first message that was tried in vain', () => {
    const sending = task('mail.send', {
      jobs: { waiting: 4, running: 0, retrying: 8, dead: 0 },
      lateSince: '2026-03-02T14:02:00Z'
    })
    expect(partOf({ queue: queue(sending) }, 'mail')).toMatchObject({
      state: 'late',
      finding: 'mail.late',
      count: 12,
      since: '2026-03-02T14:02:00.000Z'
    })
    expect(statusOf({ ...healthy, queue: queue(sending) }, now).well).toBe(false)
    expect(partOf({ queue: queue(sending) }, 'jobs')).toMatchObject({ state: 'well' })
  })

  it('is not late because one message was tried again just now', () => {
    const sending = task('mail.send', {
      jobs: { waiting: 0, running: 0, retrying: 1, dead: 0 },
      lateSince: '2026-03-02T14:29:30Z'
    })
    expect(partOf({ queue: queue(sending) }, 'mail')).toMatchObject({ finding: 'mail.leaves' })
  })

  it('is kept where there is no mail server', () => {
    expect(partOf({ mail: { ...healthy.mail, transport: 'held' } }, 'mail')).toMatchObject({
      state: 'unused',
      finding: 'mail.held'
    })
  })
})

it('tells jobs that were given up from those that wait', () => {
  const dead = task('course.import', { jobs: { waiting: 1, running: 0, retrying: 0, dead: 2 }, oldestSeconds: 300 })
  expect(partOf({ queue: queue(dead) }, 'jobs')).toMatchObject({ finding: 'jobs.dead', count: 2 })
  const late = task('course.import', { jobs: { waiting: 3, running: 1, retrying: 0, dead: 0 }, oldestSeconds: 300 })
  expect(partOf({ queue: queue(late) }, 'jobs')).toMatchObject({
    finding: 'jobs.late',
    count: 3,
    since: '2026-03-02T14:25:00.000Z'
  })
})

it('says which events wait, or were given up', () => {
  const waiting = { ...queue(), eventsWaiting: 7, oldestEventSeconds: 120, eventsDead: 0 }
  expect(partOf({ queue: waiting }, 'events')).toMatchObject({ finding: 'events.late', count: 7 })
  expect(partOf({ queue: { ...waiting, eventsDead: 1 } }, 'events')).toMatchObject({ finding: 'events.dead', count: 1 })
})

it.each([
  [{ certificate: null }, 'certificate', 'unused', 'certificate.none'],
  [{ certificate: new Date('2026-03-10T00:00:00Z') }, 'certificate', 'late', 'certificate.ending'],
  [{ certificate: new Date('2026-03-02T14:30:00Z') }, 'certificate', 'broken', 'certificate.over'],
  [{ certificate: undefined }, 'certificate', 'unknown', 'certificate.unknown'],
  [{ disk: { usedRatio: 0.86 } }, 'disk', 'broken', 'disk.filling'],
  [{ disk: undefined }, 'disk', 'unknown', 'disk.unknown'],
  [{ releases: ['r2'] }, 'release', 'well', 'release.several'],
  [{ queue: undefined }, 'jobs', 'unknown', 'jobs.unknown'],
  [{ freezes: undefined }, 'freeze', 'unknown', 'freeze.unknown'],
  [{ uses: { redis: true, rabbitmq: false } }, 'redis', 'broken', 'redis.away']
] satisfies [Partial<StatusFacts>, string, string, string][])('judges %j', (facts, name, state, finding) => {
  expect(partOf(facts, name)).toMatchObject({ state, finding })
})

it('shows parts it has no words for with their own', () => {
  const checks = [...healthy.checks, { name: 'service course', ok: false, message: 'answers 503' }]
  expect(partOf({ checks }, 'service course')).toMatchObject({
    state: 'broken',
    finding: 'other.fails',
    detail: 'answers 503'
  })
})

describe('backups', () => {
  const proof = {
    setId: 's1',
    setAt: '2026-03-02T02:00:00Z',
    finishedAt: '2026-03-02T03:10:00Z',
    verdict: 'proven',
    rpoSeconds: 240,
    rtoSeconds: 360,
    why: null
  } as const
  const state = { lastSetAt: new Date('2026-03-02T08:00:00Z'), proven: proof, last: proof, archiveLagSeconds: 40 }

  it('say what they would be worth now', () => {
    expect(partOf({ backups: state }, 'backup')).toMatchObject({
      state: 'well',
      finding: 'backup.proven',
      backup: {
        lastSetAt: '2026-03-02T08:00:00.000Z',
        provenAt: '2026-03-02T03:10:00Z',
        lostSeconds: 240,
        backSeconds: 360
      }
    })
  })

  const failed = { ...proof, verdict: 'failed', why: 'a chunk is damaged' } as const
  it.each([
    ['nobody has them made', 'off', 'unknown', 'backup.off'],
    ['nothing could be found out', undefined, 'unknown', 'backup.unknown'],
    ['there is no set', { ...state, lastSetAt: null }, 'broken', 'backup.none'],
    ['none was tried out', { ...state, proven: null, last: null }, 'unknown', 'backup.unproven'],
    ['the last trial failed', { ...state, last: failed }, 'broken', 'backup.failed'],
    ['the log stands still', { ...state, archiveLagSeconds: 901 }, 'broken', 'backup.late'],
    ['the last set is old', { ...state, lastSetAt: new Date('2026-03-01T12:00:00Z') }, 'late', 'backup.stale'],
    [
      'the last proof is old',
      { ...state, proven: { ...proof, finishedAt: '2026-03-01T08:00:00Z' }, last: proof },
      'late',
      'backup.stale'
    ],
    ['the repository does not answer', { ...state, lastSetAt: undefined }, 'unknown', 'backup.unknown']
  ] as const)('show it where %s', (_, backups, expected, finding) => {
    expect(partOf({ backups }, 'backup')).toMatchObject({ state: expected, finding })
  })
})
