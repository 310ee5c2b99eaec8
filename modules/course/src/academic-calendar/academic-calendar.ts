import { Temporal } from 'temporal-polyfill'
import type { CalendarEntry, Freeze, FreezeState } from '../contract.ts'

/** What the rules read of an entry. */
export type DatedEntry = Pick<
  CalendarEntry,
  'id' | 'kind' | 'title' | 'startsOn' | 'endsOn' | 'startTime' | 'endTime' | 'freezes' | 'marginHours' | 'noExams'
>

/**
 * Every time in which a school holds releases, by its start. What is not known holds them too: no calendar, a calendar
 * that has come to its end, a term about whose exam periods nothing was said, a time zone that no longer exists.
 * @param timeZone IANA name; the days and hours of the entries are those of this zone
 */
export function freezesOf(entries: readonly DatedEntry[], timeZone: string): Freeze[] {
  if (!isZone(timeZone)) return [always('time-zone-unknown')]
  const dated = entries.map((entry) => ({ entry, ...spanOf(entry, timeZone) }))
  const exams = dated.filter(({ entry }) => entry.kind === 'exam-period')
  const terms = dated.filter(({ entry }) => entry.kind === 'term')
  const settled = terms.filter((term) => term.entry.noExams || exams.some((exam) => overlap(exam, term)))
  const freezes = [
    ...dated.filter(({ entry }) => entry.freezes).map(holding),
    ...terms.filter((term) => !settled.includes(term)).map(unsettled),
    horizon([...exams, ...settled])
  ]
  return freezes.sort((a, b) => startOf(a) - startOf(b) || endOf(a) - endOf(b))
}

/** Whether releases may be started at an instant; if not why and until when, all reasons together; and what comes next. */
export function freezeStateAt<F extends Freeze>(
  freezes: readonly F[],
  at: Date
): FreezeState & { because: F[]; next: F | null } {
  const because = freezes.filter((freeze) => holdsAt(freeze, at.getTime()))
  return {
    open: because.length === 0,
    because,
    until: because.length === 0 ? null : instantOrNull(firstOpenAfter(freezes, at.getTime())),
    next: nextFreezeAfter(freezes, at)
  }
}

/** The freeze that begins first after an instant; null where none is known. */
export const nextFreezeAfter = <F extends Freeze>(freezes: readonly F[], at: Date): F | null =>
  freezes.reduce<F | null>(
    (first, freeze) =>
      startOf(freeze) > at.getTime() && (first === null || startOf(freeze) < startOf(first)) ? freeze : first,
    null
  )

/**
 * The freezes that work from one instant to another would run into, those included that begin at its very end.
 * Margins are part of a freeze, so a release that ends before them ends in time.
 */
export const crossedFreezes = <F extends Freeze>(freezes: readonly F[], from: Date, to: Date): F[] =>
  freezes.filter((freeze) => startOf(freeze) <= to.getTime() && endOf(freeze) > from.getTime())

/**
 * When an entry begins and ends, in milliseconds. Of a local time that a change of clocks skips or repeats, the earliest
 * meaning counts for a beginning and the latest for an end: nothing of an exam is left out.
 */
export function spanOf(
  { startsOn, endsOn, startTime, endTime }: Pick<DatedEntry, 'startsOn' | 'endsOn' | 'startTime' | 'endTime'>,
  timeZone: string
): { readonly start: number; readonly end: number } {
  const last = Temporal.PlainDate.from(endsOn)
  const start =
    startTime === null
      ? Temporal.PlainDate.from(startsOn).toZonedDateTime(timeZone)
      : Temporal.PlainDateTime.from(`${startsOn}T${startTime}`).toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const end =
    endTime === null
      ? last.add({ days: 1 }).toZonedDateTime(timeZone)
      : Temporal.PlainDateTime.from(`${endsOn}T${endTime}`).toZonedDateTime(timeZone, { disambiguation: 'later' })
  return { start: start.epochMilliseconds, end: end.epochMilliseconds }
}

/** Whether this machine knows the zone. */
export function isZone(timeZone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone)
    return true
  } catch {
    return false
  }
}

interface Span {
  readonly entry: DatedEntry
  readonly start: number
  readonly end: number
}

const HOUR_MS = 60 * 60 * 1000

const holding = ({ entry: { id, kind, title, marginHours }, start, end }: Span): Freeze => ({
  because: kind === 'exam-period' ? 'exam-period' : 'event',
  entryId: id,
  title,
  from: iso(start - marginHours * HOUR_MS),
  startsAt: iso(start),
  until: iso(end)
})

const unsettled = ({ entry: { id, title }, start, end }: Span): Freeze => ({
  because: 'term-without-exams',
  entryId: id,
  title,
  from: iso(start),
  startsAt: iso(start),
  until: iso(end)
})

/** Behind the last day about which something was said nobody knows when exams are. */
function horizon(known: readonly Span[]): Freeze {
  if (known.length === 0) return always('calendar-missing')
  const end = iso(Math.max(...known.map((span) => span.end)))
  return { ...always('calendar-ended'), from: end, startsAt: end }
}

const always = (because: Freeze['because']): Freeze => ({
  because,
  entryId: null,
  title: null,
  from: null,
  startsAt: null,
  until: null
})

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end

/** Freezes may overlap or follow each other without a gap; infinite where nothing ends. */
function firstOpenAfter(freezes: readonly Freeze[], at: number): number {
  let open = at
  for (;;) {
    const holding = freezes.filter((freeze) => holdsAt(freeze, open))
    if (holding.length === 0 || open === Number.POSITIVE_INFINITY) return open
    open = Math.max(...holding.map(endOf))
  }
}

const holdsAt = (freeze: Freeze, at: number): boolean => startOf(freeze) <= at && at < endOf(freeze)
const startOf = ({ from }: Freeze): number => (from === null ? Number.NEGATIVE_INFINITY : Date.parse(from))
const endOf = ({ until }: Freeze): number => (until === null ? Number.POSITIVE_INFINITY : Date.parse(until))
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()
const instantOrNull = (milliseconds: number): string | null =>
  Number.isFinite(milliseconds) ? iso(milliseconds) : null
