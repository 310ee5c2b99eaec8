import type { CalendarEntry } from '@lyceum/course/contract'

/** Twelve months that are looked at together. Days are YYYY-MM-DD, which compare as text. */
export interface YearWindow {
  readonly first: string
  /** The last day, which belongs to it. */
  readonly last: string
}

export interface Segment {
  readonly entry: CalendarEntry
  /** Per cent of the window's width, from its beginning. */
  readonly start: number
  readonly size: number
}

export interface YearRow {
  readonly key: string
  /** Null for what lies outside every term. */
  readonly term: Segment | null
  readonly segments: readonly Segment[]
}

const DAY_MS = 86_400_000

/** The twelve months in which somebody is likely to look for something: from the term that runs, or from this month. */
export function windowAround(entries: readonly CalendarEntry[], today: string): YearWindow {
  const terms = entries.filter(({ kind }) => kind === 'term')
  const yearAgo = addMonths(monthOf(today), -11)
  const starts = terms
    .filter(({ startsOn, endsOn }) => endsOn >= today && startsOn >= yearAgo && monthOf(startsOn) <= monthOf(today))
    .map(({ startsOn }) => startsOn)
    .sort()
  return windowFrom(monthOf(starts[0] ?? today))
}

export const windowFrom = (first: string): YearWindow => ({ first, last: addDays(addMonths(first, 12), -1) })

export const shifted = ({ first }: YearWindow, years: number): YearWindow => windowFrom(addMonths(first, 12 * years))

export const touches = ({ startsOn, endsOn }: CalendarEntry, { first, last }: YearWindow): boolean =>
  endsOn >= first && startsOn <= last

/** A row for each term with its exam periods, then one for exams outside terms, holidays and events each. */
export function rowsOf(entries: readonly CalendarEntry[], window: YearWindow): YearRow[] {
  const seen = entries.filter((entry) => touches(entry, window))
  const of = (kind: CalendarEntry['kind']) => seen.filter((entry) => entry.kind === kind)
  const [terms, exams] = [of('term'), of('exam-period')]
  const within = (term: CalendarEntry) =>
    exams.filter(({ startsOn, endsOn }) => startsOn <= term.endsOn && endsOn >= term.startsOn)
  const outside = exams.filter((exam) => !terms.some((term) => within(term).includes(exam)))
  const segments = (some: readonly CalendarEntry[]) => some.map((entry) => segmentOf(entry, window))
  return [
    ...terms.map((term) => ({ key: term.id, term: segmentOf(term, window), segments: segments(within(term)) })),
    ...[outside, of('holiday'), of('event')]
      .filter((some) => some.length > 0)
      .map((some) => ({ key: some[0]?.id ?? '', term: null, segments: segments(some) }))
  ]
}

/** Whether releases wait for somebody to enter a term's exam periods, or to say that it has none. */
export const isUnsettled = (term: CalendarEntry, entries: readonly CalendarEntry[]): boolean =>
  term.kind === 'term' &&
  !term.noExams &&
  !entries.some(
    ({ kind, startsOn, endsOn }) => kind === 'exam-period' && startsOn <= term.endsOn && endsOn >= term.startsOn
  )

/** Where each month begins. */
export const monthsOf = ({ first, last }: YearWindow): { readonly day: string; readonly start: number }[] =>
  Array.from({ length: 12 }, (_, by) => addMonths(first, by)).map((day) => ({
    day,
    start: share(day, { first, last })
  }))

/** Per cent of the window that has passed when a day begins. */
export const share = (day: string, { first, last }: YearWindow): number =>
  (Math.min(Math.max(days(first, day), 0), days(first, last) + 1) / (days(first, last) + 1)) * 100

function segmentOf(entry: CalendarEntry, window: YearWindow): Segment {
  const start = share(entry.startsOn, window)
  return { entry, start, size: share(addDays(entry.endsOn, 1), window) - start }
}

const monthOf = (day: string): string => `${day.slice(0, 7)}-01`
const days = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)
const addDays = (day: string, by: number): string => new Date(Date.parse(day) + by * DAY_MS).toISOString().slice(0, 10)

function addMonths(first: string, by: number): string {
  const day = new Date(first)
  day.setUTCMonth(day.getUTCMonth() + by)
  return day.toISOString().slice(0, 10)
}
