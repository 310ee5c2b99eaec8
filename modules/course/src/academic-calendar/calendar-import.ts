import { defineError } from '@lyceum/platform/errors'
import type { CalendarImportRow, CalendarKind } from '../contract.ts'

/** A school's year has some dozen events; more is somebody's whole timetable. */
export const MOST_EVENTS = 2000
export const MOST_OCCURRENCES = 2000

const unreadable = (code: string, message: string) =>
  defineError(
    code,
    'invalid',
    () => message,
    () => ({ errors: [{ field: '/ics', code, message }] })
  )
export const ImportNotACalendar = unreadable(
  'calendar-import.not-a-calendar',
  'This is not a calendar file. Export the calendar as “iCalendar (.ics)” and choose that file.'
)
export const ImportTooManyEvents = unreadable(
  'calendar-import.too-many-events',
  `The file has more than ${MOST_EVENTS} events in these years. Export only the academic calendar, or fewer years.`
)

export type ImportFault = CalendarImportRow['faults'][number]

/** Why one event of a file is left out; the others are not. */
export class EventFault extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'EventFault'
    this.code = code
  }
}

/** Words by which calendars name their entries. What could be an exam counts as one: better a release too late. */
const WORDS: readonly (readonly [CalendarKind, RegExp])[] = [
  ['exam-period', /\b(?:exam(?:s|ination|inations|-period)?|finals|mid-?terms?|resits?)\b|امتحان|اختبار/iu],
  ['holiday', /\b(?:holidays?|vacations?|break|recess|closed|closure)\b|عطلة|إجازة/iu],
  ['term', /^(?:.*\b)?(?:term|semester|trimester|quarter)\b(?!.*\b(?:starts?|begins?|ends?)\b)|الفصل الدراسي/iu]
]

/** What an event is, by its categories, else by its title; null where neither tells. */
export function kindIn(categories: readonly string[], title: string): CalendarKind | null {
  // Nobody writes that many categories; looking for words in a million characters would take its time.
  const names = categories.join(' ').slice(0, 1000)
  const known = WORDS.find(([, words]) => words.test(names)) ?? WORDS.find(([, words]) => words.test(title))
  if (known) return known[0]
  return /\bevent\b/i.test(names) ? 'event' : null
}
