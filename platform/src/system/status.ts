import type { BackupState } from '../backup/state/backup-state.ts'
import type { QueueDepth, TaskDepth } from '../observability/queue-depth.ts'
import type { BackupFigures, HealthCheck, Status, StatusFinding, StatusPart } from './contract.ts'

/** What was found out about the installation; undefined where it could not be. */
export interface StatusFacts {
  readonly checks: readonly HealthCheck[]
  readonly queue: QueueDepth | undefined
  /** Of the disk that files and logs are on. */
  readonly disk: { readonly usedRatio: number } | undefined
  readonly mail: MailFacts
  /** When the certificate of the public address ends; null where it speaks plain HTTP. */
  readonly certificate: Date | null | undefined
  readonly release: string
  readonly startedAt: Date
  /** Of every process that holds a connection to the database. */
  readonly releases: readonly string[] | undefined
  readonly freezes: { readonly held: FreezeFact | null; readonly next: FreezeFact | null } | undefined
  /** `none` where somebody else backs the database up, `off` where nobody was told to; undefined where it was not found out. */
  readonly backups: BackupState | 'none' | 'off' | undefined
  /** Which of the servers that an installation may do without are used here. */
  readonly uses: { readonly redis: boolean; readonly rabbitmq: boolean }
}

export interface MailFacts {
  /** `held`: there is no mail server, and messages are read by administrators. */
  readonly transport: 'smtp' | 'held'
  /** The job that sends one message. */
  readonly task: string
  /** The job that lets a module react to an event. */
  readonly reactionTask: string
}

export interface FreezeFact {
  /** Whose, in words. */
  readonly school: string
  readonly from: Date | null
  readonly until: Date | null
}

/** What waits less long is ordinary business. */
const LATE_SECONDS = 60
const DISK_FILLING = 0.85
const CERTIFICATE_ENDING_MS = 21 * 86_400_000
/** A set is made every six hours and proven every day; both may take some. */
const SET_OLD_MS = 26 * 3_600_000
const PROOF_OLD_MS = 30 * 3_600_000
const ARCHIVE_LATE_SECONDS = 15 * 60
const OWN_WORDS = ['database', 'storage', 'redis', 'rabbitmq']

/** Judges every part, in the order in which a person looks: what everything stands on first. */
export function statusOf(facts: StatusFacts, now: Date): Status {
  const others = facts.checks.filter(({ name }) => !OWN_WORDS.includes(name))
  const parts = [
    checked(facts, 'database', { well: 'database.answers', bad: 'database.away' }),
    ...others.map((check) => fromCheck(check, { well: 'other.works', bad: 'other.fails' })),
    checked(facts, 'storage', { well: 'storage.works', bad: 'storage.fails' }),
    disk(facts),
    facts.uses.redis
      ? checked(facts, 'redis', { well: 'redis.answers', bad: 'redis.away' })
      : unused('redis', 'redis.unused'),
    facts.uses.rabbitmq
      ? checked(facts, 'rabbitmq', { well: 'rabbitmq.answers', bad: 'rabbitmq.away' })
      : unused('rabbitmq', 'rabbitmq.unused'),
    jobs(facts, now),
    events(facts, now),
    mail(facts, now),
    certificate(facts, now),
    release(facts),
    freeze(facts),
    backup(facts, now)
  ]
  return { at: now.toISOString(), well: parts.every(({ state }) => state !== 'late' && state !== 'broken'), parts }
}

type Told = Partial<Pick<StatusPart, 'count' | 'percent' | 'detail' | 'backup'>> & {
  readonly since?: Date
  readonly until?: Date
}

const part = (
  name: string,
  state: StatusPart['state'],
  finding: StatusFinding,
  { since, until, count = null, percent = null, detail = null, backup: figures }: Told = {}
): StatusPart => ({
  name,
  state,
  finding,
  count,
  percent,
  detail,
  since: since?.toISOString() ?? null,
  until: until?.toISOString() ?? null,
  ...(figures ? { backup: figures } : {})
})

const unused = (name: string, finding: StatusFinding): StatusPart => part(name, 'unused', finding)

interface Findings {
  readonly well: StatusFinding
  readonly bad: StatusFinding
}

const checked = ({ checks }: StatusFacts, name: string, findings: Findings): StatusPart =>
  fromCheck(checks.find((check) => check.name === name) ?? { name, ok: false, message: 'was not asked' }, findings)

const fromCheck = ({ name, ok, message }: HealthCheck, { well, bad }: Findings): StatusPart =>
  ok ? part(name, 'well', well) : part(name, 'broken', bad, { detail: message })

function disk({ disk: found }: StatusFacts): StatusPart {
  if (!found) return part('disk', 'unknown', 'disk.unknown')
  const percent = Math.round(found.usedRatio * 100)
  return found.usedRatio > DISK_FILLING
    ? part('disk', 'broken', 'disk.filling', { percent })
    : part('disk', 'well', 'disk.room', { percent })
}

function jobs({ queue, mail: { task, reactionTask } }: StatusFacts, now: Date): StatusPart {
  if (!queue) return part('jobs', 'unknown', 'jobs.unknown')
  const own = queue.tasks.filter((each) => each.task !== task && each.task !== reactionTask)
  const dead = sum(own, ({ jobs: counts }) => counts.dead)
  if (dead > 0) return part('jobs', 'broken', 'jobs.dead', { count: dead })
  const since = lateSince(own, now)
  return since
    ? part('jobs', 'late', 'jobs.late', { count: sum(own, waiting), since })
    : part('jobs', 'well', 'jobs.upToDate')
}

function events({ queue, mail: { reactionTask } }: StatusFacts, now: Date): StatusPart {
  if (!queue) return part('events', 'unknown', 'events.unknown')
  if (queue.eventsDead > 0) return part('events', 'broken', 'events.dead', { count: queue.eventsDead })
  const reactions = queue.tasks.filter(({ task }) => task === reactionTask)
  const since = earliest(
    queue.oldestEventSeconds > LATE_SECONDS ? ago(now, queue.oldestEventSeconds) : undefined,
    lateSince(reactions, now)
  )
  return since
    ? part('events', 'late', 'events.late', { count: queue.eventsWaiting + sum(reactions, waiting), since })
    : part('events', 'well', 'events.upToDate')
}

function mail({ queue, mail: { task, transport } }: StatusFacts, now: Date): StatusPart {
  if (transport === 'held') return part('mail', 'unused', 'mail.held')
  if (!queue) return part('mail', 'unknown', 'mail.unknown')
  const sending = queue.tasks.filter((each) => each.task === task)
  const since = lateSince(sending, now)
  if (since) return part('mail', 'late', 'mail.late', { count: sum(sending, waiting), since })
  const dead = sum(sending, ({ jobs: counts }) => counts.dead)
  return dead > 0 ? part('mail', 'broken', 'mail.dead', { count: dead }) : part('mail', 'well', 'mail.leaves')
}

function certificate({ certificate: ends }: StatusFacts, now: Date): StatusPart {
  if (ends === undefined) return part('certificate', 'unknown', 'certificate.unknown')
  if (ends === null) return unused('certificate', 'certificate.none')
  if (ends <= now) return part('certificate', 'broken', 'certificate.over', { until: ends })
  return ends.getTime() - now.getTime() < CERTIFICATE_ENDING_MS
    ? part('certificate', 'late', 'certificate.ending', { until: ends })
    : part('certificate', 'well', 'certificate.valid', { until: ends })
}

/** Two releases with connections to the database: one of them is coming or going. */
function release({ release: own, releases, startedAt }: StatusFacts): StatusPart {
  if (!releases) return part('release', 'unknown', 'release.unknown', { detail: own })
  const all = [...new Set([own, ...releases])].sort()
  return all.length > 1
    ? part('release', 'well', 'release.several', { detail: all.join(', '), count: all.length })
    : part('release', 'well', 'release.one', { detail: own, since: startedAt })
}

function freeze({ freezes }: StatusFacts): StatusPart {
  if (!freezes) return part('freeze', 'unknown', 'freeze.unknown')
  const { held, next } = freezes
  const found = held ?? next
  if (!found) return part('freeze', 'well', 'freeze.none')
  return part('freeze', 'well', held ? 'freeze.held' : 'freeze.ahead', {
    detail: found.school,
    ...(found.from ? { since: found.from } : {}),
    ...(found.until ? { until: found.until } : {})
  })
}

/** Worst first: what was tried out and did not come back, what stands still, what is old, what nobody has tried out yet. */
function backup({ backups }: StatusFacts, now: Date): StatusPart {
  if (backups === undefined) return part('backup', 'unknown', 'backup.unknown')
  if (backups === 'none') return part('backup', 'unknown', 'backup.notConnected')
  if (backups === 'off') return part('backup', 'unknown', 'backup.off')
  const { lastSetAt, proven, last, archiveLagSeconds } = backups
  const figures: BackupFigures = {
    lastSetAt: lastSetAt?.toISOString() ?? null,
    provenAt: proven?.finishedAt ?? null,
    lostSeconds: proven?.rpoSeconds ?? null,
    backSeconds: proven?.rtoSeconds ?? null
  }
  const told = (state: StatusPart['state'], finding: StatusFinding, more: Told = {}): StatusPart =>
    part('backup', state, finding, { ...more, backup: figures })
  if (lastSetAt === null) return told('broken', 'backup.none')
  if (last !== null && last.verdict !== 'proven')
    return told('broken', 'backup.failed', { since: new Date(last.finishedAt), detail: last.why })
  if (archiveLagSeconds !== null && archiveLagSeconds > ARCHIVE_LATE_SECONDS)
    return told('broken', 'backup.late', { since: ago(now, archiveLagSeconds) })
  if (lastSetAt !== undefined && now.getTime() - lastSetAt.getTime() > SET_OLD_MS)
    return told('late', 'backup.stale', { since: lastSetAt })
  if (proven === null) return told('unknown', 'backup.unproven')
  const isOld = now.getTime() - Date.parse(proven.finishedAt) > PROOF_OLD_MS
  if (isOld) return told('late', 'backup.stale', { since: new Date(proven.finishedAt) })
  return lastSetAt === undefined ? told('unknown', 'backup.unknown') : told('well', 'backup.proven')
}

const waiting = ({ jobs: { waiting: due, retrying } }: TaskDepth): number => due + retrying

const sum = (tasks: readonly TaskDepth[], read: (task: TaskDepth) => number): number =>
  tasks.reduce((total, task) => total + read(task), 0)

/** Since when the oldest of these waits, where that is longer than ordinary business: also what is tried again later. */
const lateSince = (tasks: readonly TaskDepth[], now: Date): Date | undefined =>
  earliest(
    ...tasks.flatMap(({ oldestSeconds, lateSince: tried }) => [
      oldestSeconds > LATE_SECONDS ? ago(now, oldestSeconds) : undefined,
      tried !== null && now.getTime() - Date.parse(tried) > LATE_SECONDS * 1000 ? new Date(tried) : undefined
    ])
  )

const ago = (now: Date, seconds: number): Date => new Date(now.getTime() - seconds * 1000)

function earliest(...moments: readonly (Date | undefined)[]): Date | undefined {
  const known = moments.flatMap((moment) => (moment ? [moment.getTime()] : []))
  return known.length > 0 ? new Date(Math.min(...known)) : undefined
}
