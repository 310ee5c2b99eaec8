const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** 95 → "2 minutes"; rounded up, because it is said to people who wait. */
export function secondsInWords(seconds: number, locale: string): string {
  const [unit, size] =
    seconds >= HOUR
      ? (['hour', HOUR] as const)
      : seconds >= 60
        ? (['minute', MINUTE] as const)
        : (['second', 1] as const)
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(seconds / size))
}

/** "in 5 hours", "3 days ago", "now"; days and longer are counted by whole days. */
export function relativeTime(instant: Date, now: Date, locale: string): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const seconds = Math.round((instant.getTime() - now.getTime()) / 1000)
  const size = Math.abs(seconds)
  if (size < 45) return words.format(0, 'second')
  if (size < 45 * MINUTE) return words.format(Math.round(seconds / MINUTE), 'minute')
  if (size < 22 * HOUR) return words.format(Math.round(seconds / HOUR), 'hour')
  if (size < 26 * DAY) return words.format(Math.round(seconds / DAY), 'day')
  if (size < 320 * DAY) return words.format(Math.round(seconds / (30 * DAY)), 'month')
  return words.format(Math.round(seconds / (365 * DAY)), 'year')
}

/** "Tuesday, 3 February 2026 at 14:05 CET": the moment in full, in the viewer's zone, with its name. */
export const absoluteTime = (instant: Date, locale: string, timeZone?: string): string =>
  new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    ...(timeZone ? { timeZone } : {})
  }).format(instant)

/** "3 Feb 2026, 14:05". */
export const shortTime = (instant: Date, locale: string, timeZone?: string): string =>
  new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...(timeZone ? { timeZone } : {})
  }).format(instant)

/** "14:05". */
export const clockTime = (instant: Date, locale: string, timeZone?: string): string =>
  new Intl.DateTimeFormat(locale, { timeStyle: 'short', ...(timeZone ? { timeZone } : {}) }).format(instant)

/** "14:30" on the same day as `from`, "3 Feb 2026, 14:30" on any other. */
export const timeSeenFrom = (from: Date, instant: Date, locale: string, timeZone?: string): string =>
  shortDate(from, locale, timeZone) === shortDate(instant, locale, timeZone)
    ? clockTime(instant, locale, timeZone)
    : shortTime(instant, locale, timeZone)

/** "3 Feb 2026". */
export const shortDate = (instant: Date, locale: string, timeZone?: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...(timeZone ? { timeZone } : {}) }).format(instant)

/** How long something took: 40 → "40 sec", 95 → "2 min", 5400 → "1.5 hr". */
export function durationInWords(seconds: number, locale: string): string {
  const [unit, size] =
    seconds >= HOUR
      ? (['hour', HOUR] as const)
      : seconds >= 60
        ? (['minute', MINUTE] as const)
        : (['second', 1] as const)
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: unit === 'hour' ? 1 : 0
  }).format(seconds / size)
}
