/** Seconds of a video, from and to. */
export type Range = [from: number, to: number]

/** Players tell the time by the tick: a hole smaller than this was watched. */
const TICK_SECONDS = 1
/** What one report may carry; the shortest pieces are left out first. */
const MOST_RANGES = 500

/** Everything played, in order and without overlaps, to the tenth of a second. */
export function mergeRanges(...reports: readonly (readonly Range[])[]): Range[] {
  const sorted = reports
    .flat()
    .filter(([from, to]) => Number.isFinite(from) && Number.isFinite(to) && from >= 0 && to > from)
    .toSorted(([one], [other]) => one - other)
  const merged: Range[] = []
  for (const [from, to] of sorted) {
    const last = merged.at(-1)
    if (last && from <= last[1] + TICK_SECONDS) last[1] = Math.max(last[1], tenth(to))
    else merged.push([tenth(from), tenth(to)])
  }
  if (merged.length <= MOST_RANGES) return merged
  return merged
    .toSorted((one, other) => other[1] - other[0] - (one[1] - one[0]))
    .slice(0, MOST_RANGES)
    .toSorted(([one], [other]) => one - other)
}

/** How much of `duration` seconds was played, 0 to 100; the last second counts as seen when reached. */
export function percentWatched(ranges: readonly Range[], duration: number): number {
  if (!(duration > 0)) return 0
  const seen = mergeRanges(ranges).reduce((sum, [from, to]) => {
    const start = from <= TICK_SECONDS ? 0 : from
    const end = to >= duration - TICK_SECONDS ? duration : to
    return sum + Math.max(0, Math.min(end, duration) - Math.min(start, duration))
  }, 0)
  return Math.min(100, Math.floor((seen / duration) * 100))
}

/** What a media element has really played: jumping over a part does not put it in here. */
export const rangesOf = (played: Pick<TimeRanges, 'length' | 'start' | 'end'>): Range[] =>
  mergeRanges(Array.from({ length: played.length }, (_, at): Range => [played.start(at), played.end(at)]))

const tenth = (seconds: number): number => Math.round(seconds * 10) / 10
