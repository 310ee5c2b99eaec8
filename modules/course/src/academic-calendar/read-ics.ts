import {
  EventFault,
  type ImportFault,
  ImportNotACalendar,
  ImportTooManyEvents,
  MOST_EVENTS,
  MOST_OCCURRENCES
} from './calendar-import.ts'
import { type Occurrence, occurrence, occurrencesOf, type ReadingRange } from './occurrence.ts'
import { readEvent } from './read-event.ts'

export interface FaultyEvent {
  readonly uid: string
  readonly title: string
  readonly fault: ImportFault
}

export interface CalendarFile {
  readonly occurrences: readonly Occurrence[]
  /** Every event that could be read whole, those called off or outside the range included. */
  readonly uids: readonly string[]
  readonly range: ReadingRange
  readonly faulty: readonly FaultyEvent[]
  /** Occurrences that lie outside the range. */
  readonly outside: number
}

/**
 * Reads an iCalendar file (RFC 5545) from anywhere: other calendars, timetable programs, hand-made ones. Every event stands
 * for itself, so that one that cannot be read is named and the others are kept.
 * @throws calendar-import.not-a-calendar, calendar-import.too-many-events
 */
export function readIcs(text: string, range: ReadingRange): CalendarFile {
  const blocks = eventBlocks(text)
  if (blocks.length > MOST_EVENTS) throw ImportTooManyEvents()
  const faulty: FaultyEvent[] = []
  const noting = <Answer>(uid: string, title: string, work: () => Answer): Answer | undefined => {
    try {
      return work()
    } catch (error) {
      faulty.push({ uid, title, fault: faultOf(error) })
      return undefined
    }
  }
  const events = blocks.flatMap(
    (block) => noting(lineOf(block, 'UID'), lineOf(block, 'SUMMARY'), () => readEvent(block)) ?? []
  )
  const cancelled = events
    .filter(({ status, planned }) => status === 'CANCELLED' && planned === null)
    .map(({ uid }) => uid)
  const moved = new Map(
    events.flatMap((event) => (event.planned === null ? [] : [[`${event.uid} ${event.planned}`, event]]))
  )
  const until = performance.now() + MOST_EXPANDING_MS
  const found = events
    .filter(({ uid, planned }) => planned === null && !cancelled.includes(uid))
    .flatMap((event) => noting(event.uid, event.title, () => occurrencesOf(event, range, moved, until)) ?? [])
  const strays = [...moved.values()]
    .filter(
      ({ status, uid, planned }) =>
        status !== 'CANCELLED' && !found.some((one) => one.uid === uid && one.part === planned)
    )
    .flatMap(
      (event) =>
        noting(event.uid, event.title, () => [occurrence(event, event.start, event.planned ?? '', range)]) ?? []
    )
  // An event that stands in the file twice is the one that stands there last.
  const all = [
    ...new Map(
      [...found, ...strays.filter(({ uid }) => !cancelled.includes(uid))].map((one) => [`${one.part} ${one.uid}`, one])
    ).values()
  ]
  const wanted = all.filter(({ startsOn, endsOn }) => endsOn >= range.from && startsOn <= range.to)
  if (wanted.length > MOST_OCCURRENCES) throw ImportTooManyEvents()
  // An event that cannot be read now says nothing about the entries it made before: they stay.
  const broken = new Set(faulty.map(({ uid }) => uid))
  const uids = [...new Set(events.map(({ uid }) => uid))].filter((uid) => !broken.has(uid))
  return { occurrences: wanted, uids, faulty, range, outside: all.length - wanted.length }
}

/** Repeating is worked out for this long in one file; rules can be written that never come to an end. */
const MOST_EXPANDING_MS = 2_000

/** The events of the file as text. @throws calendar-import.not-a-calendar */
function eventBlocks(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  if (!lines.some((line) => /^BEGIN:VCALENDAR\s*$/i.test(line))) throw ImportNotACalendar()
  const blocks: string[] = []
  let open: string[] | undefined
  for (const line of lines) {
    // What begins or ends around an event that never ended closes it, and it is named as broken.
    if (open && /^(?:BEGIN:VEVENT|END:VCALENDAR)\s*$/i.test(line)) {
      blocks.push(open.join('\r\n'))
      open = undefined
    }
    if (/^BEGIN:VEVENT\s*$/i.test(line)) open = []
    open?.push(line)
    if (open && /^END:VEVENT\s*$/i.test(line)) {
      blocks.push(open.join('\r\n'))
      open = undefined
    }
  }
  if (open) blocks.push(open.join('\r\n'))
  return blocks
}

/** For naming an event that could not be read. */
const lineOf = (block: string, name: string): string =>
  (new RegExp(`^${name}(?:;[^:\r\n]{0,200})?:(.{0,200})`, 'im').exec(block)?.[1] ?? '').trim()

function faultOf(error: unknown): ImportFault {
  if (error instanceof EventFault) return { code: error.code, message: error.message }
  const why = error instanceof Error ? error.message.slice(0, 200) : ''
  return { code: 'unreadable', message: `The event cannot be read: ${why}. Correct it where the file comes from.` }
}
