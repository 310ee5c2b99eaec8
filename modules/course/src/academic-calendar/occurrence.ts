import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'
import type { CalendarKind } from '../contract.ts'
import { isZone } from './academic-calendar.ts'
import { type EntryDates, faultsOf } from './calendar-entry.ts'
import { EventFault, type ImportFault } from './calendar-import.ts'
import type { FileEvent, Written } from './read-event.ts'

export interface ReadingRange {
  /** First and last day that is wanted, YYYY-MM-DD. */
  readonly from: string
  readonly to: string
  /** IANA zone of the school: what the entries will be written in. */
  readonly timeZone: string
}

export interface Occurrence extends EntryDates {
  readonly uid: string
  /** Which occurrence of a repeated event: its planned start. Empty for an event that happens once. */
  readonly part: string
  readonly title: string
  /** What category or title tell. */
  readonly kind: CalendarKind | null
  readonly faults: readonly ImportFault[]
}

const MOST_STEPS = 5_000

/**
 * Every time an event happens in or near the range; repeating stops there.
 * @param moved single occurrences that were moved or called off, by `<uid> <planned start>`
 * @param until milliseconds of `performance.now()` after which no repeating is worked out any more: rules can be written that take for ever
 * @throws EventFault, RangeError where a date cannot be read
 */
export function occurrencesOf(
  event: FileEvent,
  range: ReadingRange,
  moved: ReadonlyMap<string, FileEvent>,
  until: number
): Occurrence[] {
  if (event.rules.length === 0 && event.added.length === 0) return [occurrence(event, event.start, '', range)]
  const left = new Set(event.left.map((one) => instantOf(one, range).epochMilliseconds))
  return startsOf(event, range, until)
    .filter((start) => !left.has(instantOf(start, range).epochMilliseconds))
    .flatMap((start) => {
      const instead = moved.get(`${event.uid} ${start.text}`)
      if (instead?.status === 'CANCELLED') return []
      return [occurrence(instead ?? event, instead?.start ?? start, start.text, range)]
    })
}

function startsOf({ start, rules, added }: FileEvent, range: ReadingRange, until: number): Written[] {
  const dtstart = instantOf(start, range)
  // A long occurrence may reach into the range from before it.
  const from = Temporal.PlainDate.from(range.from).subtract({ days: 400 }).toZonedDateTime(dtstart.timeZoneId)
  const to = Temporal.PlainDate.from(range.to).add({ days: 1 }).toZonedDateTime(dtstart.timeZoneId)
  const repeated = rules.flatMap((rule) => {
    if (!/(?:^|;)FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;|$)/i.test(rule))
      throw new EventFault('repeats-too-often', 'The event repeats more often than daily. Enter it by hand.')
    if (performance.now() > until)
      throw new EventFault('too-much-work', 'Working out the repeated events of this file takes too long. Split it.')
    return new RRuleTemporal({
      rruleString: `RRULE:${rule}`,
      dtstart,
      temporal: Temporal,
      maxIterations: MOST_STEPS,
      maxCandidateEvaluations: MOST_STEPS,
      includeDtstart: true
    }).between(from, to, true)
  })
  const texts = new Set([...(rules.length === 0 ? [dtstart] : []), ...repeated].map((at) => textOf(at, start.wholeDay)))
  const more = added.filter(({ text }) => !texts.has(text))
  return [...[...texts].map((text) => ({ ...start, text })), ...more]
}

const textOf = (at: Temporal.ZonedDateTime, wholeDay: boolean): string =>
  wholeDay ? at.toPlainDate().toString() : at.toPlainDateTime().toString({ smallestUnit: 'second' })

/** One occurrence in the school's days and hours. @throws what cannot be read as a date */
export function occurrence(event: FileEvent, start: Written, part: string, range: ReadingRange): Occurrence {
  const { uid, title, kind, unknownZones } = event
  const dates = start.wholeDay ? wholeDays(event, start) : times(event, start, range)
  const [fault] = faultsOf(dates)
  if (fault) throw new EventFault(fault.code, fault.message)
  const faults = unknownZones.map((zone) => ({
    code: 'time-zone-unknown',
    message: `The time zone “${zone}” is not known; its times were taken as those of the school.`
  }))
  return { uid, part, title, kind, ...dates, faults }
}

function wholeDays({ start: planned, end, duration }: FileEvent, start: Written): EntryDates {
  const first = Temporal.PlainDate.from(start.text)
  const shift = Temporal.PlainDate.from(planned.text).until(first)
  const after = end
    ? Temporal.PlainDate.from(end.text.slice(0, 10)).add(shift)
    : duration === null
      ? first.add({ days: 1 })
      : first.add(Temporal.Duration.from(duration))
  // Some programs write the day itself as the end of a single day.
  const last = Temporal.PlainDate.compare(after, first) > 0 ? after.subtract({ days: 1 }) : first
  return { startsOn: first.toString(), endsOn: last.toString(), startTime: null, endTime: null }
}

function times(event: FileEvent, start: Written, range: ReadingRange): EntryDates {
  const begins = instantOf(start, range)
  const lasts = event.end
    ? instantOf(event.start, range).until(instantOf(event.end, range))
    : Temporal.Duration.from(event.duration ?? 'PT0S')
  const ends = begins.add(lasts)
  const [first, last] = [begins, ends].map((at) => at.withTimeZone(range.timeZone).toPlainDateTime())
  if (!first || !last) throw new Error('two were given')
  const days = { startsOn: first.toPlainDate().toString(), endsOn: last.toPlainDate().toString() }
  // What has no length is of its whole day: an exam that does not say how long it takes.
  if (Temporal.PlainDateTime.compare(last, first) === 0) return { ...days, startTime: null, endTime: null }
  const minute = { smallestUnit: 'minute' } as const
  return { ...days, startTime: first.toPlainTime().toString(minute), endTime: last.toPlainTime().toString(minute) }
}

/** Times without a zone, or of one nobody knows, are those of the school. Days count in UTC, where each has 24 hours. */
function instantOf({ text, zone, wholeDay }: Written, { timeZone }: ReadingRange): Temporal.ZonedDateTime {
  const local = Temporal.PlainDateTime.from(wholeDay ? `${text}T00:00` : text)
  return local.toZonedDateTime(wholeDay ? 'UTC' : zone !== null && isZone(zone) ? zone : timeZone)
}
