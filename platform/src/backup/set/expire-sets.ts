import { listPushes, pushFile } from '../files/push-files.ts'
import { asked, type Repository } from '../repository/repository.ts'
import { listLog } from '../wal/archived-log.ts'
import { readPosition, readSegmentName, segmentAt } from '../wal/log-sequence.ts'
import { inParallel } from './in-parallel.ts'
import { listSets, readContents } from './read-sets.ts'
import { type BackupSet, setFile } from './set.ts'

export interface Expired {
  readonly place: string
  /** Ids of sets that are gone. */
  readonly sets: readonly string[]
  /** Objects that no set needs any more. */
  readonly objects: number
  readonly logFiles: number
}

const DAY_MS = 24 * 60 * 60_000
/** Days with a set that are kept whatever the clock says. */
const DAYS_IN_ANY_CASE = 7
const AT_ONCE = 8

/**
 * Removes what is older than a period, and what only that needed. Called while the repository is locked.
 * @throws BackupError
 */
export async function expireSets(
  repository: Repository,
  {
    keepDays,
    now,
    stillThere = () => true
  }: {
    readonly keepDays: number
    readonly now: Date
    /** Sets whose database is gone elsewhere restore nothing, and go too. */
    readonly stillThere?: ((set: BackupSet) => boolean) | undefined
  }
): Promise<Expired> {
  const sets = await listSets(repository)
  const chosen = chooseExpired(sets.filter(stillThere), { keepDays, now })
  const kept = chosen.kept
  const old = [...chosen.old, ...sets.filter((set) => !stillThere(set))]
  // Its description first: from then on there is no such set, and what is left of it is swept.
  for (const { id } of old) await remove(repository, setFile(id))
  const objects = await sweepUnfinished(repository, kept)
  const logFiles = await expireLog(repository, kept, new Date(now.getTime() - keepDays * DAY_MS))
  return { place: repository.place, sets: old.map(({ id }) => id), objects, logFiles }
}

/**
 * Which sets go. The period is counted back from the newest set and not from the clock; sets of the last seven days that had
 * any stay in any case, and so does the newest one that is older than the period: a clock that jumps, or a month without
 * backups, takes nothing away that is needed.
 */
export function chooseExpired(
  sets: readonly BackupSet[],
  { keepDays, now }: { readonly keepDays: number; readonly now: Date }
): { readonly kept: readonly BackupSet[]; readonly old: readonly BackupSet[] } {
  const byAge = [...sets].sort((one, other) => Date.parse(other.finishedAt) - Date.parse(one.finishedAt))
  // Sets of a clock that was ahead say nothing about the age of the others.
  const newest = byAge.find(({ finishedAt }) => Date.parse(finishedAt) <= now.getTime()) ?? byAge[0]
  if (newest === undefined) return { kept: [], old: [] }
  const since = Date.parse(newest.finishedAt) - keepDays * DAY_MS
  const days = [...new Set(byAge.map(dayOf))].slice(0, DAYS_IN_ANY_CASE)
  const isYoung = (set: BackupSet) => Date.parse(set.finishedAt) >= since || days.includes(dayOf(set))
  const older = byAge.filter((set) => !isYoung(set))
  return { kept: [...byAge.filter(isYoung), ...older.slice(0, 1)], old: older.slice(1) }
}

/**
 * Removes objects that no set needs: of runs that were killed, and of sets that expired. Pushes since the oldest set are needed.
 * @returns how many were removed
 */
export async function sweepUnfinished(repository: Repository, sets: readonly BackupSet[]): Promise<number> {
  const needed = new Set<string>()
  for (const set of sets) {
    for (const name of [setFile(set.id), set.contents.name, set.manifest.name]) needed.add(name)
    // Where the list cannot be read nothing is known to be superfluous.
    const contents = await readContents(repository, set).catch(() => undefined)
    if (contents === undefined) return 0
    for (const { name } of contents) needed.add(name)
  }
  const oldest = Math.min(...sets.map(({ startedAt }) => Date.parse(startedAt)))
  for (const { id, at, pieces } of await listPushes(repository)) {
    if (sets.length > 0 && at.getTime() < oldest) continue
    needed.add(pushFile(id))
    for (const { name } of pieces) needed.add(name)
  }
  const there: string[] = []
  for (const prefix of ['sets/', 'chunks/', 'files/', 'pushes/'])
    for (const { name } of await asked(repository, () => repository.store.list(prefix))) there.push(name)
  const superfluous = there.filter((name) => !needed.has(name))
  await inParallel(superfluous, AT_ONCE, (name) => remove(repository, name))
  return superfluous.length
}

/** Removes the log from before the oldest set of each cluster; histories of timelines are small, and stay. */
async function expireLog(repository: Repository, kept: readonly BackupSet[], before: Date): Promise<number> {
  const needed = new Map<string, number>()
  for (const { database } of kept) {
    const first = segmentAt(readPosition(database.startLsn))
    needed.set(database.system, Math.min(first, needed.get(database.system) ?? first))
  }
  const files = await listLog(repository)
  const old = files.filter(({ name, file, lastCommit }) => {
    const segment = readSegmentName(file.slice(0, 24))
    if (segment === undefined) return false
    const from = needed.get(name.split('/')[1] ?? '')
    // Of a cluster without any set: it may get its first one today.
    return from === undefined ? kept.length > 0 && lastCommit !== null && lastCommit < before : segment.number < from
  })
  await inParallel(old, AT_ONCE, ({ name }) => remove(repository, name))
  return old.length
}

const dayOf = ({ finishedAt }: BackupSet): string => finishedAt.slice(0, 10)

const remove = (repository: Repository, name: string): Promise<void> =>
  asked(repository, () => repository.store.delete(name))
