import Type, { type Static } from 'typebox'
import { defineContract } from '../contract/contract.ts'
import { Done, Id, Instant, Nothing, nullable, oneOf, pageInput, pageOf } from '../contract/schema.ts'

export const Job = Type.Object({
  id: Type.String(),
  task: Type.String(),
  state: oneOf(['waiting', 'running', 'retrying', 'dead']),
  attempts: Type.Integer(),
  maxAttempts: Type.Integer(),
  runAt: Instant,
  lastError: nullable(Type.String()),
  createdAt: Instant,
  event: nullable(
    Type.Object(
      { name: Type.String(), subscriber: Type.String() },
      { description: 'where the job is a reaction to one' }
    )
  )
})
export type Job = Static<typeof Job>

export const EventRecord = Type.Object({
  id: Id,
  name: Type.String(),
  occurredAt: Instant,
  relayedAt: nullable(Instant),
  deliveries: Type.Array(Type.Object({ subscriber: Type.String(), handledAt: Instant }))
})
export type EventRecord = Static<typeof EventRecord>

export const HealthCheck = Type.Object({
  name: Type.String(),
  ok: Type.Boolean(),
  message: Type.String({ description: 'in words, with the remedy when not ok' })
})

export type HealthCheck = Static<typeof HealthCheck>

export const Overview = Type.Object({
  healthy: Type.Boolean(),
  checks: Type.Array(HealthCheck),
  release: Type.String(),
  environment: Type.String(),
  startedAt: Instant,
  activePeople: Type.Integer({ description: 'signed-in people seen in the last five minutes' }),
  jobs: Type.Object({
    waiting: Type.Integer(),
    running: Type.Integer(),
    retrying: Type.Integer(),
    dead: Type.Integer(),
    oldestSeconds: Type.Integer()
  }),
  events: Type.Object({ unrelayed: Type.Integer(), oldestSeconds: Type.Integer() })
})
export type Overview = Static<typeof Overview>

/** What a part of the installation is like; screens word it in the reader's language, with what to do. */
export const STATUS_FINDINGS = [
  'database.answers',
  'database.away',
  'storage.works',
  'storage.fails',
  'disk.room',
  'disk.filling',
  'disk.unknown',
  'redis.unused',
  'redis.answers',
  'redis.away',
  'rabbitmq.unused',
  'rabbitmq.answers',
  'rabbitmq.away',
  'jobs.upToDate',
  'jobs.late',
  'jobs.dead',
  'jobs.unknown',
  'events.upToDate',
  'events.late',
  'events.dead',
  'events.unknown',
  'mail.leaves',
  'mail.held',
  'mail.late',
  'mail.dead',
  'mail.unknown',
  'certificate.none',
  'certificate.valid',
  'certificate.ending',
  'certificate.over',
  'certificate.unknown',
  'release.one',
  'release.several',
  'release.unknown',
  'freeze.none',
  'freeze.ahead',
  'freeze.held',
  'freeze.unknown',
  'backup.notConnected',
  'backup.off',
  'backup.none',
  'backup.unproven',
  'backup.proven',
  'backup.failed',
  'backup.stale',
  'backup.late',
  'backup.unknown',
  'other.works',
  'other.fails'
] as const
export const StatusFinding = oneOf(STATUS_FINDINGS)
export type StatusFinding = Static<typeof StatusFinding>

/** What backups would be worth now. */
export const BackupFigures = Type.Object({
  lastSetAt: nullable(Instant),
  provenAt: nullable(Instant),
  lostSeconds: nullable(Type.Integer({ description: 'what a loss would have cost when a set was last proven' })),
  backSeconds: nullable(Type.Integer({ description: 'how long coming back took then' }))
})
export type BackupFigures = Static<typeof BackupFigures>

export const StatusPart = Type.Object({
  name: Type.String({ description: 'such as `database` or `service course`' }),
  state: oneOf(['well', 'late', 'broken', 'unknown', 'unused']),
  finding: StatusFinding,
  count: nullable(Type.Integer()),
  since: nullable(Instant),
  until: nullable(Instant),
  percent: nullable(Type.Integer()),
  detail: nullable(Type.String({ description: 'a name or a message of a program, in its own language' })),
  backup: Type.Optional(BackupFigures)
})
export type StatusPart = Static<typeof StatusPart>

export const Status = Type.Object({
  at: Instant,
  /** Nothing is late or broken. What is not known is no fault, but said. */
  well: Type.Boolean(),
  parts: Type.Array(StatusPart)
})
export type Status = Static<typeof Status>

export const StatusMoment = oneOf(['healthy', 'degraded', 'away', 'unknown'])
export type StatusMoment = Static<typeof StatusMoment>

export const StatusHistory = Type.Object({
  from: Type.String({ ...Instant, description: 'when the first slot began; the last one is under way' }),
  slotMinutes: Type.Integer(),
  parts: Type.Array(
    Type.Object({
      name: Type.String({ description: 'as in the status' }),
      slots: Type.Array(StatusMoment, { description: 'oldest first; each is as bad as the worst look in it' })
    })
  )
})
export type StatusHistory = Static<typeof StatusHistory>

export const ReleasePin = Type.Object({ release: Type.String(), until: Instant })
export type ReleasePin = Static<typeof ReleasePin>

/** What runs behind the screens of one school: health, jobs, events. */
export const systemContract = defineContract({
  module: 'system',
  operations: {
    getOverview: {
      method: 'GET',
      path: '/system/overview',
      access: 'system:read',
      summary: 'Health in words',
      input: Nothing,
      output: Overview
    },
    getStatus: {
      method: 'GET',
      path: '/system/status',
      access: 'operator:releases',
      summary: 'Health of the whole installation, part by part',
      input: Nothing,
      output: Status
    },
    getStatusHistory: {
      method: 'GET',
      path: '/system/status/history',
      access: 'operator:releases',
      summary: 'How every part did in the last 24 hours, by half hours',
      input: Nothing,
      output: StatusHistory
    },
    listJobs: {
      method: 'GET',
      path: '/system/jobs',
      access: 'system:read',
      summary: 'Background jobs, dead ones first',
      input: Type.Object({ ...pageInput, state: Type.Optional(Job.properties.state) }),
      output: pageOf(Job)
    },
    retryJob: {
      method: 'POST',
      path: '/system/jobs/:jobId/retry',
      access: 'system:manage',
      status: 202,
      summary: 'Give a dead job a new set of attempts',
      input: Type.Object({ jobId: Type.String({ pattern: '^[0-9]{1,18}$' }) }),
      output: Done
    },
    discardJob: {
      method: 'DELETE',
      path: '/system/jobs/:jobId',
      access: 'system:manage',
      summary: 'Give up on a dead job',
      input: Type.Object({ jobId: Type.String({ pattern: '^[0-9]{1,18}$' }) }),
      output: Done
    },
    pinBrowser: {
      method: 'PUT',
      path: '/system/pin',
      access: 'operator:releases',
      summary: 'Keep the browser that asks on the release that answers, for trying out a release',
      input: Type.Object({ minutes: Type.Integer({ minimum: 1, maximum: 24 * 60 }) }),
      output: ReleasePin
    },
    unpinBrowser: {
      method: 'DELETE',
      path: '/system/pin',
      access: 'operator:releases',
      summary: 'Let the browser that asks go to whatever release serves',
      input: Nothing,
      output: Done
    },
    listEvents: {
      method: 'GET',
      path: '/system/events',
      access: 'system:read',
      summary: 'Events, newest first, and who has handled them',
      input: Type.Object({ ...pageInput }),
      output: pageOf(EventRecord)
    }
  }
})
