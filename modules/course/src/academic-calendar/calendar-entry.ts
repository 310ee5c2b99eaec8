import { defineError, type FieldError, invalidFields } from '@lyceum/platform/errors'
import type { CalendarEntry, CalendarKind } from '../contract.ts'

export const EntryNotFound = defineError(
  'calendar.entry-not-found',
  'not-found',
  () => 'There is no such entry in your school’s calendar. Reload the calendar.'
)
export const EntryStale = defineError(
  'calendar.entry-stale',
  'stale',
  (_version: number) =>
    'Somebody changed this entry in the meantime. Look at the newest version, then change it again.',
  (version: number) => ({ facts: { version } })
)
export const TooManyEntries = defineError(
  'calendar.too-many-entries',
  'conflict',
  () => `A calendar holds at most ${MOST_ENTRIES} entries. Remove old ones first.`
)

/** What fits on a year's page many times over, and keeps the question “is it frozen?” quick. */
export const MOST_ENTRIES = 2000
/** A longer entry is a slip of the year, and would hold releases for that long. */
export const LONGEST_DAYS = 400
/** Hours before an exam in which nothing is released, unless somebody says otherwise. */
export const MARGIN_HOURS = 24
const [FIRST_YEAR, LAST_YEAR] = [2000, 2199]

export type EntryDates = Pick<CalendarEntry, 'startsOn' | 'endsOn' | 'startTime' | 'endTime'>

/** What is wrong with the dates of an entry, field by field. */
export function faultsOf({ startsOn, endsOn, startTime, endTime }: EntryDates): FieldError[] {
  const fault = (field: string, code: string, message: string) => [{ field, code, message }]
  const wrongDays = [
    ...(isDay(startsOn) ? [] : fault('/startsOn', 'no-day', `There is no such day. Choose one from ${FIRST_YEAR} on.`)),
    ...(isDay(endsOn) ? [] : fault('/endsOn', 'no-day', `There is no such day. Choose one from ${FIRST_YEAR} on.`))
  ]
  if (wrongDays.length > 0) return wrongDays
  if (endsOn < startsOn)
    return fault('/endsOn', 'before-start', 'The last day is before the first. Choose a later one.')
  if (daysBetween(startsOn, endsOn) > LONGEST_DAYS)
    return fault('/endsOn', 'too-long', `An entry lasts at most ${LONGEST_DAYS} days. Check the year.`)
  if ((startTime === null) !== (endTime === null))
    return fault(startTime === null ? '/startTime' : '/endTime', 'half', 'Give both times, or neither for whole days.')
  if (startsOn === endsOn && startTime !== null && endTime !== null && endTime <= startTime)
    return fault('/endTime', 'before-start', 'It ends before it begins. Choose a later time.')
  return []
}

/** @throws request.invalid with the field at fault */
export function mustHaveDates(dates: EntryDates): void {
  const faults = faultsOf(dates)
  if (faults.length > 0) throw invalidFields(faults)
}

/** Exam periods always hold releases; terms and holidays never do; of an event somebody says it. */
export const freezesBy = (kind: CalendarKind, asked: boolean): boolean =>
  kind === 'exam-period' || (kind === 'event' && asked)

/** Only of a term can be said that it has no exam periods. */
export const noExamsBy = (kind: CalendarKind, said: boolean): boolean => kind === 'term' && said

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) return false
  const year = Number(text.slice(0, 4))
  return year >= FIRST_YEAR && year <= LAST_YEAR
}

const daysBetween = (first: string, last: string): number => (Date.parse(last) - Date.parse(first)) / 86_400_000
