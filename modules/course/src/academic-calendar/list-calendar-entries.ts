import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { CalendarEntry } from '../contract.ts'
import { selectEntries } from './select-entries.ts'

/** What touches any day from `from` to `to`, by first day; a calendar has at most some thousand entries. */
export async function listCalendarEntries(
  context: CourseContext,
  { from, to }: Given<'listCalendarEntries'>
): Promise<{ entries: CalendarEntry[] }> {
  // As text, because the calendar of the contract has days, such as those of the year 0, that PostgreSQL's has not.
  let entries = selectEntries(context).where('deleted_at', 'is', null)
  if (from !== undefined) entries = entries.where(sql<boolean>`to_char(ends_on, 'YYYY-MM-DD') >= ${from}`)
  if (to !== undefined) entries = entries.where(sql<boolean>`to_char(starts_on, 'YYYY-MM-DD') <= ${to}`)
  return { entries: await entries.orderBy('starts_on').orderBy('id').execute() }
}
