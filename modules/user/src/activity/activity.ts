/** How many people were there in one hour, in all schools that were asked about. */
export interface ActiveHour {
  /** Beginning of the hour, a UTC instant. */
  readonly hour: string
  readonly people: number
}

export interface MaintenanceWindow {
  /** UTC instants of the next time it comes round. */
  readonly from: string
  readonly until: string
  /** People an hour, on average over the weeks that were measured. */
  readonly people: number
}

export interface Measured {
  /** Whole days between the first measured hour and now. */
  readonly days: number
  /** Quietest first; empty while too little is known. */
  readonly windows: readonly MaintenanceWindow[]
}

/** For so long hours are kept and looked at. */
export const MEASURED_WEEKS = 4
/** With less than one of every hour of the week, nothing can be said about the week. */
const ENOUGH_DAYS = 7

const HOUR_MS = 60 * 60 * 1000
const WEEK_HOURS = 7 * 24

/**
 * The hours of the week in which the fewest people are there, as windows that do not overlap, each with the next time it
 * comes round. An hour without a row had nobody.
 * @param measured hours of the last four weeks
 * @param isHeld whether releases are held somewhere in a time; such a window is moved to the first week where they are not
 */
export function quietWindows(
  measured: readonly ActiveHour[],
  {
    now,
    hours = 2,
    most = 3,
    isHeld = () => false
  }: {
    readonly now: Date
    readonly hours?: number
    readonly most?: number
    readonly isHeld?: (from: Date, until: Date) => boolean
  }
): Measured {
  const first = Math.min(...measured.map(({ hour }) => Date.parse(hour)))
  const days = Number.isFinite(first) ? Math.floor((now.getTime() - first) / (24 * HOUR_MS)) : 0
  if (days < ENOUGH_DAYS) return { days, windows: [] }
  const weeks = Math.min(MEASURED_WEEKS, days / 7)
  const perHour = sumByHourOfWeek(measured, now)
  const candidates = perHour
    .map((_, start) => ({ start, sum: sumOf(perHour, start, hours) }))
    .sort((a, b) => a.sum - b.sum || distance(a.start, now) - distance(b.start, now))
  const chosen: typeof candidates = []
  for (const candidate of candidates) {
    if (chosen.length === most) break
    if (chosen.every(({ start }) => apart(start, candidate.start) >= hours)) chosen.push(candidate)
  }
  const windows = chosen.flatMap(({ start, sum }) => {
    const next = nextTime(start, { now, hours, isHeld })
    return next ? [{ ...next, people: sum / hours / weeks }] : []
  })
  return { days, windows }
}

/** No window is looked for further ahead. */
const WEEKS_AHEAD = 8

function nextTime(
  start: number,
  {
    now,
    hours,
    isHeld
  }: { readonly now: Date; readonly hours: number; readonly isHeld: (from: Date, until: Date) => boolean }
): { readonly from: string; readonly until: string } | undefined {
  const soonest = Math.ceil(now.getTime() / HOUR_MS)
  const first = soonest + ((((start - hourOfWeek(soonest)) % WEEK_HOURS) + WEEK_HOURS) % WEEK_HOURS)
  for (let week = 0; week < WEEKS_AHEAD; week++) {
    const from = new Date((first + week * WEEK_HOURS) * HOUR_MS)
    const until = new Date(from.getTime() + hours * HOUR_MS)
    if (!isHeld(from, until)) return { from: from.toISOString(), until: until.toISOString() }
  }
  return undefined
}

function sumByHourOfWeek(measured: readonly ActiveHour[], now: Date): number[] {
  const sums = Array.from({ length: WEEK_HOURS }, () => 0)
  const since = now.getTime() - MEASURED_WEEKS * WEEK_HOURS * HOUR_MS
  for (const { hour, people } of measured) {
    const at = Date.parse(hour)
    if (at < since || at > now.getTime()) continue
    const index = hourOfWeek(Math.floor(at / HOUR_MS))
    sums[index] = (sums[index] ?? 0) + people
  }
  return sums
}

const sumOf = (perHour: readonly number[], start: number, hours: number): number =>
  Array.from({ length: hours }, (_, by) => perHour[(start + by) % WEEK_HOURS] ?? 0).reduce((sum, one) => sum + one, 0)

/** Hours since Thursday midnight UTC, the weekday on which the count of hours began. */
const hourOfWeek = (hours: number): number => hours % WEEK_HOURS

const apart = (a: number, b: number): number => Math.min(Math.abs(a - b), WEEK_HOURS - Math.abs(a - b))

const distance = (start: number, now: Date): number =>
  (((start - hourOfWeek(Math.floor(now.getTime() / HOUR_MS))) % WEEK_HOURS) + WEEK_HOURS) % WEEK_HOURS
