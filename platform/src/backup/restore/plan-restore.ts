import { BackupError } from '../backup-error.ts'
import type { Recoveries, Recovery } from '../engine/recovery.ts'
import type { Repository } from '../repository/repository.ts'
import { listSetsOf } from '../set/read-sets.ts'
import type { BackupSet } from '../set/set.ts'
import { type ArchivedSegment, readHistory, segmentsIn } from '../wal/archived-log.ts'
import { type Chain, chainFrom, isInPast, lastReachable, mustReach, type Reign, reignsOf } from '../wal/chain.ts'
import { readPosition, segmentAt, segmentBefore } from '../wal/log-sequence.ts'

/** What is to be had back. */
export type RestoreTarget =
  /** To the end of the log; from this set on, where one is named, instead of from the newest. */
  | { readonly kind: 'latest'; readonly set?: string }
  | { readonly kind: 'time'; readonly time: Date }
  /** Exactly as it was at the end of a set. */
  | { readonly kind: 'set'; readonly id: string }
  | { readonly kind: 'point'; readonly point: string }

/** A migration that this release brings. */
export interface KnownMigration {
  readonly module: string
  readonly name: string
  readonly hash: string
}

/** A release that would run on what is restored. */
export interface Runner {
  readonly release: string
  readonly migrations: readonly KnownMigration[]
  /** How it has a database back. */
  readonly recoveries: Recoveries
}

export interface RestorePlan {
  readonly set: BackupSet
  /** Repositories that have the set. */
  readonly repositories: readonly Repository[]
  readonly recover: Recovery
  readonly timeline: number
  /** Log to replay, oldest first. */
  readonly segments: readonly ArchivedSegment[]
  /** Instant of the last state that is restored. */
  readonly reaches: Date
  /** How PostgreSQL is told where to stop. */
  readonly recovery: Readonly<Record<string, string>>
}

/**
 * Finds out, before anything is written, whether a target can be reached and how. Looks at listings alone: no key is needed.
 * @throws BackupError that says what is in the way and how far one can go
 */
export async function planRestore(
  repositories: readonly Repository[],
  target: RestoreTarget,
  runner: Runner,
  wantedTimeline?: number
): Promise<RestorePlan> {
  const all = await listSetsOf(repositories)
  const last = all.at(-1)
  if (last === undefined)
    throw new BackupError(
      'backup.no-set',
      `There is no set in ${repositories.map(({ place }) => place).join(' and ')}. Is it the right place (--from)?`,
      'refused'
    )
  const named = target.kind === 'set' || target.kind === 'point' ? findNamed(all, target) : undefined
  const from = target.kind === 'latest' ? target.set : undefined
  const begin = named ?? all.find(({ set }) => set.id === from) ?? last
  const sets = all.filter(({ set }) => set.database.system === begin.set.database.system)
  const recover = await runner.recoveries(begin.set, repositories)
  const segments = segmentsIn(await recover.listLog())

  // A named set is read by the timeline it was made on: what happened after it does not matter.
  const timeline =
    wantedTimeline ??
    named?.set.database.timeline ??
    Math.max(1, ...sets.map(({ set }) => set.database.timeline), ...segments.map((one) => one.timeline))
  const reigns = reignsOf(timeline, await readHistory(recover.readLog, timeline))
  const usable = sets.filter(({ set }) =>
    isInPast(reigns, set.database.timeline, readPosition(set.database.restorePoint.lsn))
  )
  const chosen =
    named ??
    (from === undefined
      ? chooseSet(usable, target.kind === 'time' ? target.time : undefined)
      : mustBeUsable(usable, from, timeline))
  mustRun(chosen.set, recover, runner)
  const { set } = chosen
  const chain = chainFrom(segmentAt(readPosition(set.database.startLsn)), reigns, segments)
  const common = { set, repositories: inOrder(repositories, chosen.repositories), recover, timeline }
  const to = { recovery_target_timeline: String(timeline), recovery_target_action: 'promote' }
  mustReach(chain, segmentBefore(readPosition(set.database.restorePoint.lsn)), `Set ${set.id}`)
  if (target.kind === 'set' || target.kind === 'point') {
    const { name, at } = set.database.restorePoint
    return {
      ...common,
      segments: until(chain, set),
      reaches: new Date(at),
      recovery: { ...to, recovery_target_name: name }
    }
  }
  if (target.kind === 'latest') {
    if (chain.missing !== undefined) mustReach(chain, Number.POSITIVE_INFINITY, 'The latest state')
    const reaches = lastReachable(chain.segments) ?? new Date(set.database.restorePoint.at)
    return { ...common, segments: chain.segments, reaches, recovery: to }
  }
  return {
    ...common,
    segments: mustReachTime(chain, target.time, reigns),
    reaches: target.time,
    recovery: { ...to, recovery_target_time: inPostgres(target.time), recovery_target_inclusive: 'on' }
  }
}

type Found = Awaited<ReturnType<typeof listSetsOf>>[number]

function findNamed(all: readonly Found[], target: Extract<RestoreTarget, { kind: 'set' | 'point' }>): Found {
  const found =
    target.kind === 'set'
      ? all.filter(({ set }) => set.id === target.id || set.id.endsWith(target.id))
      : all.filter(({ set }) => set.point === target.point)
  const [one] = found
  if (one !== undefined && found.length === 1) return one
  const wanted = target.kind === 'set' ? `set ${target.id}` : `point ${target.point}`
  throw new BackupError(
    'backup.no-set',
    `There is ${found.length === 0 ? 'no' : 'more than one'} ${wanted}. What there is: lyceum backup list`,
    'refused'
  )
}

function mustBeUsable(usable: readonly Found[], id: string, timeline: number): Found {
  const found = usable.find(({ set }) => set.id === id)
  if (found) return found
  throw new BackupError(
    'backup.other-past',
    `Set ${id} belongs to a past that was given up by a restore: timeline ${timeline} does not go through it. Make a new one: lyceum backup create --type full`,
    'refused'
  )
}

/** The newest set that was complete by then, or of all: the least log to replay. */
function chooseSet(usable: readonly Found[], by: Date | undefined): Found {
  const early = usable.filter(({ set }) => by === undefined || new Date(set.database.restorePoint.at) <= by)
  const chosen = early.at(-1)
  if (chosen) return chosen
  const first = usable[0]?.set.database.restorePoint.at
  throw new BackupError(
    'backup.too-early',
    first === undefined
      ? 'No set belongs to this timeline. What there is: lyceum backup list'
      : `The first set is of ${first}: nothing before it can be restored. Ask for a later time, or the other repository (--from).`,
    'refused'
  )
}

/** A release must know every migration of the set, as it is; one that is newer must be restored by the newer release. */
function mustRun(
  { id, schema, release, database }: BackupSet,
  { programs }: Pick<Recovery, 'programs'>,
  runner: Pick<Runner, 'release' | 'migrations'>
): void {
  const major = Number.parseInt(database.version, 10)
  if (major !== programs.major)
    throw new BackupError(
      'backup.other-postgres',
      `Set ${id} was written by PostgreSQL ${major}; this release brings PostgreSQL ${programs.major}. Restore with the release ${release}, then upgrade.`,
      'refused'
    )
  const known = new Map(runner.migrations.map((migration) => [`${migration.module}/${migration.name}`, migration.hash]))
  for (const { module, name, hash, phase } of schema) {
    const mine = known.get(`${module}/${name}`)
    if (mine === hash) continue
    // Of a release that was begun and taken back: this one already ran on it.
    if (mine === undefined && phase !== 'contract' && release === runner.release) continue
    throw new BackupError(
      mine === undefined ? 'backup.newer-release' : 'backup.other-schema',
      mine === undefined
        ? `Set ${id} is of the release ${release}, which is newer than this one (${runner.release}): it has ${module}/${name}. Restore with the release ${release}.`
        : `Set ${id} was made with another ${module}/${name} than this release has. Restore with the release ${release}.`,
      'refused'
    )
  }
}

/** PostgreSQL only stops at a time when it sees a commit after it; with none it would fail after hours of replaying. */
function mustReachTime(chain: Chain, time: Date, reigns: readonly Reign[]): ArchivedSegment[] {
  const last = lastReachable(chain.segments)
  if (last !== undefined && time <= last) {
    const after = chain.segments.findIndex(({ lastCommit }) => lastCommit !== null && lastCommit > time)
    return chain.segments.slice(0, after + 1)
  }
  const reachable = last?.toISOString() ?? 'the end of the set'
  throw new BackupError(
    chain.missing === undefined ? 'backup.time-not-reached' : 'backup.log-missing',
    chain.missing === undefined
      ? `${time.toISOString()} is after the last archived commit of timeline ${reigns.at(-1)?.timeline}. The last instant that can be reached is ${reachable}: --to-time ${reachable}, or --latest.`
      : `${chain.missing} is missing in every repository. One can go until ${reachable}: --to-time ${reachable}`,
    'refused'
  )
}

function until(chain: Chain, set: BackupSet): ArchivedSegment[] {
  const last = segmentBefore(readPosition(set.database.restorePoint.lsn))
  return chain.segments.filter(({ number }) => number <= last)
}

/** Those with the set first, in the order they were named. */
const inOrder = (all: readonly Repository[], having: readonly Repository[]): Repository[] => [
  ...having,
  ...all.filter((one) => !having.includes(one))
]

/** Settings are read before PostgreSQL knows names of time zones, “Z” among them. */
const inPostgres = (time: Date): string => time.toISOString().replace('T', ' ').replace('Z', '+00')
