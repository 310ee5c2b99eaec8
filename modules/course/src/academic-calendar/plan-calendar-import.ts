import { userContract } from '@lyceum/user/contract'
import { sql } from 'kysely'
import type { CourseContext, CourseSteps, Given } from '../context.ts'
import type { CalendarEntry, CalendarImport, CalendarImportRow, CalendarKind } from '../contract.ts'
import { freezesBy, MARGIN_HOURS } from './calendar-entry.ts'
import type { Occurrence } from './occurrence.ts'
import { type CalendarFile, readIcs } from './read-ics.ts'
import { selectEntries } from './select-entries.ts'

/** A row of the file and the entry that stands for it already, perhaps among those removed. */
export interface PlannedEntry extends Occurrence {
  readonly kind: CalendarKind
  readonly before: KnownEntry | null
  readonly outcome: 'create' | 'replace' | 'unchanged'
}

export interface ImportPlan {
  readonly entries: readonly PlannedEntry[]
  /** Entries of events that were called off, or no longer happen so often. */
  readonly removed: readonly KnownEntry[]
  readonly file: CalendarFile
}

export interface KnownEntry extends CalendarEntry {
  readonly uid: string
  readonly part: string
  readonly deletedAt: string | null
}

const [YEARS_BACK, YEARS_AHEAD] = [1, 3]

/** Reads the file before any connection is held. @throws as `readIcs` */
export async function readFile(
  { call, now }: CourseSteps,
  { ics, from, to }: Given<'importCalendar'>
): Promise<CalendarFile> {
  const { timeZone } = await call(userContract).getSchool({})
  return readIcs(ics, { from: from ?? yearsFrom(now, -YEARS_BACK), to: to ?? yearsFrom(now, YEARS_AHEAD), timeZone })
}

/** What importing would do: an event known by its UID keeps its place, kind and margin, and takes the dates of the file. */
export async function planImport(
  { tx }: Pick<CourseContext, 'tx'>,
  file: CalendarFile,
  { kinds = [], otherwise = 'event' }: Given<'importCalendar'>
): Promise<ImportPlan> {
  const known = await findKnown({ tx }, file.uids)
  const byPart = new Map(known.map((entry) => [keyOf(entry), entry]))
  const chosen = new Map(kinds.map(({ uid, kind }) => [uid, kind]))
  const entries = file.occurrences.map((found): PlannedEntry => {
    const before = byPart.get(keyOf(found)) ?? null
    const kind = chosen.get(found.uid) ?? before?.kind ?? found.kind ?? otherwise
    return { ...found, kind, before, outcome: outcomeOf(before, found, kind) }
  })
  const named = new Set(file.occurrences.map(keyOf))
  const { from, to } = file.range
  const removed = known.filter(
    (entry) => entry.deletedAt === null && !named.has(keyOf(entry)) && entry.endsOn >= from && entry.startsOn <= to
  )
  return { entries, removed, file }
}

/** Entries that came from these events, and those of ours whose events came back from another calendar. */
async function findKnown({ tx }: Pick<CourseContext, 'tx'>, uids: readonly string[]): Promise<KnownEntry[]> {
  if (uids.length === 0) return []
  const ownIds = uids.flatMap((uid) => OWN_UID.exec(uid)?.[1] ?? [])
  const uid = sql<string>`coalesce(import_uid, id || ${OWN_UID_ENDING})`
  return selectEntries({ tx })
    .select([uid.as('uid'), sql<string>`coalesce(import_part, '')`.as('part'), 'deleted_at as deletedAt'])
    .where((eb) =>
      eb.or([
        eb('import_uid', 'in', [...uids]),
        ...(ownIds.length === 0 ? [] : [eb.and([eb('id', 'in', ownIds), eb('import_uid', 'is', null)])])
      ])
    )
    .execute()
}

/** The plan as whoever imports looks through it: what needs a look first, then by day. */
export function describePlan({ entries, removed, file }: ImportPlan): CalendarImport {
  const rows: CalendarImportRow[] = numbered([
    ...file.faulty.map(({ uid, title, fault }) => ({
      ...NO_DATES,
      uid,
      title,
      outcome: 'error' as const,
      faults: [fault]
    })),
    ...removed.map((entry) => ({ ...row(entry), outcome: 'remove' as const, faults: [] })),
    ...entries
      .toSorted((a, b) => a.startsOn.localeCompare(b.startsOn))
      .map((entry) => ({ ...row(entry), outcome: entry.outcome, faults: [...entry.faults] }))
  ])
  const count = (outcome: CalendarImportRow['outcome']) => rows.filter((one) => one.outcome === outcome).length
  return {
    rows,
    counts: {
      create: count('create'),
      replace: count('replace'),
      unchanged: count('unchanged'),
      remove: count('remove'),
      outside: file.outside,
      error: count('error')
    }
  }
}

const numbered = (rows: readonly Omit<CalendarImportRow, 'row'>[]): CalendarImportRow[] =>
  rows.map((one, at) => ({ row: at + 1, ...one }))

/** What an entry that is imported freezes, and how long before. */
export const freezingOf = ({ kind, before }: PlannedEntry) => ({
  freezes: freezesBy(kind, before?.freezes ?? false),
  margin_hours: before?.marginHours ?? MARGIN_HOURS
})

function outcomeOf(before: KnownEntry | null, found: Occurrence, kind: CalendarKind): PlannedEntry['outcome'] {
  if (before === null) return 'create'
  if (before.deletedAt !== null) return 'create'
  const same =
    before.kind === kind &&
    before.title === found.title &&
    before.startsOn === found.startsOn &&
    before.endsOn === found.endsOn &&
    before.startTime === found.startTime &&
    before.endTime === found.endTime
  return same ? 'unchanged' : 'replace'
}

const row = ({ uid, kind, title, startsOn, endsOn, startTime, endTime }: PlannedEntry | KnownEntry) => ({
  uid,
  kind,
  title,
  startsOn,
  endsOn,
  startTime,
  endTime
})

const OWN_UID_ENDING = '@lyceum'
const OWN_UID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@lyceum$/
const NO_DATES = { kind: null, startsOn: null, endsOn: null, startTime: null, endTime: null }
const keyOf = ({ uid, part }: { readonly uid: string; readonly part: string }): string => JSON.stringify([uid, part])

function yearsFrom(now: Date, years: number): string {
  const day = new Date(now)
  day.setUTCFullYear(day.getUTCFullYear() + years)
  return day.toISOString().slice(0, 10)
}
