import { BackupError } from '../backup-error.ts'
import type { ArchivedSegment, TimelineStep } from './archived-log.ts'
import { readPosition, segmentAt, segmentBefore, segmentName } from './log-sequence.ts'

/** The part of a timeline's past in which one timeline wrote the log. */
export interface Reign {
  readonly timeline: number
  /** Segment in which it began. */
  readonly first: number
  /** Where the next one left it; null for the last. */
  readonly until: bigint | null
}

/** Who wrote which part of the log, oldest first. */
export function reignsOf(timeline: number, history: readonly TimelineStep[]): Reign[] {
  let first = 0
  const before = history.map((step): Reign => {
    const until = readPosition(step.until)
    const reign = { timeline: step.timeline, first, until }
    first = segmentAt(until)
    return reign
  })
  return [...before, { timeline, first, until: null }]
}

/** Whether a place that one timeline wrote is part of the past that these reigns describe. */
export const isInPast = (reigns: readonly Reign[], timeline: number, position: bigint): boolean =>
  reigns.some((reign) => reign.timeline === timeline && (reign.until === null || position <= reign.until))

/** The log without a gap from a segment on. */
export interface Chain {
  readonly segments: readonly ArchivedSegment[]
  /** What is missing although more follows; undefined where the chain ends because nothing more was written. */
  readonly missing: string | undefined
}

/** As PostgreSQL looks for them: each segment on the newest timeline that had begun by then, or else on one before. */
export function chainFrom(first: number, reigns: readonly Reign[], archived: readonly ArchivedSegment[]): Chain {
  const there = new Map(archived.map((segment) => [segment.file, segment]))
  const last = Math.max(
    -1,
    ...archived
      .filter(({ timeline, number }) =>
        reigns.some(
          (reign) =>
            reign.timeline === timeline &&
            number >= reign.first &&
            (reign.until === null || number <= segmentBefore(reign.until))
        )
      )
      .map(({ number }) => number)
  )
  const segments: ArchivedSegment[] = []
  for (let number = first; number <= last; number++) {
    const begun = reigns.filter((reign) => reign.first <= number).reverse()
    const found = begun.map(({ timeline }) => there.get(segmentName(timeline, number))).find((one) => one !== undefined)
    if (found === undefined) return { segments, missing: segmentName(begun[0]?.timeline ?? 1, number) }
    segments.push(found)
  }
  return { segments, missing: undefined }
}

/** When the last transaction of these was committed. */
export const lastCommitOf = (segments: readonly ArchivedSegment[]): Date | undefined =>
  segments.reduce<Date | undefined>(
    (latest, { lastCommit }) => (lastCommit !== null && (!latest || lastCommit > latest) ? lastCommit : latest),
    undefined
  )

/**
 * The last instant that one can restore to by its time: PostgreSQL stops before the first commit after it, so one must follow.
 */
export function lastReachable(segments: readonly ArchivedSegment[]): Date | undefined {
  const last = lastCommitOf(segments)
  return last && new Date(last.getTime() - 1)
}

/** @throws BackupError naming the last instant that can still be reached */
export function mustReach(chain: Chain, number: number, what: string): void {
  const reached = chain.segments.at(-1)?.number
  if (reached !== undefined && reached >= number) return
  const until = lastReachable(chain.segments)
  const missing = chain.missing ?? 'its end'
  throw new BackupError(
    'backup.log-missing',
    `${what} needs log that is in no repository (${missing}). ${
      until === undefined
        ? 'Choose an earlier set: lyceum backup list'
        : `One can go until ${until.toISOString()}: --to-time ${until.toISOString()}`
    }`,
    'refused'
  )
}
