import type { Verdict } from './verdict.ts'

/** What the database said of itself in a window: an opaque mark of which server it is, since when, and who copies it. */
export interface DatabaseSeen {
  /** When the window began; null where it could not be asked. */
  readonly before: string | null
  readonly now: string | null
  /** For how long it could not be asked. */
  readonly blindMs: number
}

/** Longer than a failover takes; a release that keeps the database from answering is not excused by it. */
const MOST_BLIND_MS = 60_000

/** What a database that moves does to every release alike. */
const ITS_DOING: readonly Verdict['metric'][] = ['errors', 'errors-compared', 'latency', 'latency-compared', 'hang']

/** Whether the numbers of this window are of two databases, so that a new one must begin. */
export const hasMoved = ({ before, now }: DatabaseSeen): boolean => now !== null && before !== now

/** A release is not judged by what a failover did: neither taken back for it nor let on with numbers from its time. */
export function excuse(verdict: Verdict, seen: DatabaseSeen): Verdict {
  const held = (why: string): Verdict => ({
    ...verdict,
    verdict: 'inconclusive',
    metric: 'database',
    value: null,
    threshold: null,
    why
  })
  const isItsDoing = verdict.verdict === 'fail' && ITS_DOING.includes(verdict.metric)
  if (hasMoved(seen) && (isItsDoing || verdict.verdict !== 'fail'))
    return held('the database changed in the measured time, so it is measured anew')
  if (seen.now === null && isItsDoing && seen.blindMs <= MOST_BLIND_MS)
    return held(`the database cannot be asked, and ${verdict.why}`)
  return verdict
}
