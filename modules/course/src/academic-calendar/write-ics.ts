import ICAL from 'ical.js'
import type { CalendarEntry } from '../contract.ts'
import { spanOf } from './academic-calendar.ts'

export interface WrittenCalendar {
  readonly name: string
  /** IANA name, known to this machine. */
  readonly timeZone: string
  readonly entries: readonly (CalendarEntry & { readonly changedAt: string })[]
}

/**
 * The calendar as iCalendar (RFC 5545). Whole days are days wherever they are read; times are written as instants, so that
 * no reader needs to know our zone. The kind is the category, by which an import of this file finds it again.
 */
export function writeIcs({ name, timeZone, entries }: WrittenCalendar): string {
  const calendar = new ICAL.Component('vcalendar')
  calendar.addPropertyWithValue('version', '2.0')
  calendar.addPropertyWithValue('prodid', '-//Lyceum//Academic calendar//EN')
  calendar.addPropertyWithValue('x-wr-calname', name)
  calendar.addPropertyWithValue('refresh-interval', ICAL.Duration.fromString('PT6H'))
  for (const entry of entries) calendar.addSubcomponent(eventOf(entry, timeZone))
  return `${calendar.toString()}\r\n`
}

function eventOf(entry: WrittenCalendar['entries'][number], timeZone: string): ICAL.Component {
  const event = new ICAL.Component('vevent')
  const [start, end] = timesOf(entry, timeZone)
  event.addPropertyWithValue('uid', `${entry.id}@lyceum`)
  event.addPropertyWithValue('dtstamp', instant(Date.parse(entry.changedAt)))
  event.addPropertyWithValue('sequence', entry.version - 1)
  event.addPropertyWithValue('dtstart', start)
  event.addPropertyWithValue('dtend', end)
  event.addPropertyWithValue('summary', entry.title)
  event.addPropertyWithValue('categories', entry.kind.toUpperCase())
  event.addPropertyWithValue('transp', 'TRANSPARENT')
  return event
}

/** The end of a day is the day after it (RFC 5545 §3.6.1). */
function timesOf(entry: CalendarEntry, timeZone: string): [ICAL.Time, ICAL.Time] {
  if (entry.startTime === null) {
    const after = ICAL.Time.fromDateString(entry.endsOn)
    after.adjust(1, 0, 0, 0)
    return [ICAL.Time.fromDateString(entry.startsOn), after]
  }
  const { start, end } = spanOf(entry, timeZone)
  return [instant(start), instant(end)]
}

const instant = (milliseconds: number): ICAL.Time => ICAL.Time.fromJSDate(new Date(milliseconds), true)
