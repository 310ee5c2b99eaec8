import type { CompletionRule } from '../contract.ts'

/** Seconds of a video, from and to. */
export type Range = [from: number, to: number]

/** Players report by the tick: a hole smaller than this was watched. */
const TICK_SECONDS = 1

/** More pieces than anybody leaves behind who really watches; the shortest are dropped first. */
const MOST_RANGES = 500

/** Everything watched so far, in order and without overlaps; in whatever order and however often it was reported. */
export function mergeRanges(...reports: readonly (readonly Range[])[]): Range[] {
  const sorted = reports
    .flat()
    .filter(([from, to]) => Number.isFinite(from) && Number.isFinite(to) && to > from && from >= 0)
    .sort(([a], [b]) => a - b)
  const merged: Range[] = []
  for (const [from, to] of sorted) {
    const last = merged.at(-1)
    if (last && from <= last[1] + TICK_SECONDS) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  if (merged.length <= MOST_RANGES) return merged
  const kept = [...merged].sort((a, b) => b[1] - b[0] - (a[1] - a[0])).slice(0, MOST_RANGES)
  return kept.sort(([a], [b]) => a - b)
}

/** How much of a video of `duration` seconds was watched, 0 to 100; the last second counts as seen when reached. */
export function percentWatched(ranges: readonly Range[], duration: number): number {
  if (!(duration > 0)) return 0
  const seen = mergeRanges(ranges).reduce((sum, [from, to]) => {
    const end = to >= duration - TICK_SECONDS ? duration : to
    const start = from <= TICK_SECONDS ? 0 : from
    return sum + Math.max(0, Math.min(end, duration) - Math.min(start, duration))
  }, 0)
  return Math.min(100, Math.floor((seen / duration) * 100))
}

export interface Studied {
  readonly opened: boolean
  readonly seconds: number
  readonly watchedPercent: number
  readonly markedDone: boolean
}

/** Whether what somebody did of an item completes it. */
export function isCompleted(rule: CompletionRule, { opened, seconds, watchedPercent, markedDone }: Studied): boolean {
  switch (rule.kind) {
    case 'none':
      return false
    case 'open':
      return opened
    case 'time':
      return seconds >= rule.seconds
    case 'watched':
      return watchedPercent >= rule.percent
    case 'done':
      return markedDone
  }
}
