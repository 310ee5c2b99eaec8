import type { CalendarEntry } from '@lyceum/course/contract'

type Dates = Pick<CalendarEntry, 'startsOn' | 'endsOn' | 'startTime' | 'endTime'>

/** "11–22 May 2026", "11 May 2026, 09:00–17:00": days and hours of the school, as they are, in no zone. */
export function datesInWords({ startsOn, endsOn, startTime, endTime }: Dates, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    ...(startTime === null ? {} : { timeStyle: 'short' as const }),
    timeZone: 'UTC'
  })
  const at = (day: string, time: string | null) => new Date(`${day}T${time ?? '00:00'}:00Z`)
  return format.formatRange(at(startsOn, startTime), at(endsOn, endTime))
}

/** "Sep 2026 – Aug 2027". */
export const monthsInWords = (first: string, last: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }).formatRange(
    new Date(first),
    new Date(last)
  )

/** Today where the school is, YYYY-MM-DD. */
export const todayIn = (timeZone: string): string => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date())
