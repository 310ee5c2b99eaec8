import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { CalendarEntry } from '../contract.ts'
import { EntryNotFound } from './calendar-entry.ts'

/** Entries as the contract shows them, those removed included. */
export const selectEntries = ({ tx }: Pick<CourseContext, 'tx'>) =>
  tx
    .selectFrom('course.calendar_entry')
    .select([
      'id',
      'kind',
      'title',
      sql<string>`to_char(starts_on, 'YYYY-MM-DD')`.as('startsOn'),
      sql<string>`to_char(ends_on, 'YYYY-MM-DD')`.as('endsOn'),
      sql<string | null>`to_char(start_time, 'HH24:MI')`.as('startTime'),
      sql<string | null>`to_char(end_time, 'HH24:MI')`.as('endTime'),
      'freezes',
      'margin_hours as marginHours',
      'no_exams as noExams',
      sql<boolean>`import_uid is not null`.as('imported'),
      'version'
    ])

/** @throws calendar.entry-not-found */
export const reloadEntry = (context: Pick<CourseContext, 'tx'>, entryId: string): Promise<CalendarEntry> =>
  selectEntries(context)
    .where('id', '=', entryId)
    .executeTakeFirstOrThrow(() => EntryNotFound())

/** All that count, in order of their first day. */
export const currentEntries = (context: Pick<CourseContext, 'tx'>): Promise<CalendarEntry[]> =>
  selectEntries(context).where('deleted_at', 'is', null).orderBy('starts_on').orderBy('id').execute()
