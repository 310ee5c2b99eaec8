import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { CalendarEntry } from '../contract.ts'
import { selectEntries } from './select-entries.ts'

/** What touches any day from `from` to `to`, by first day; a calendar has at most some thousand entries. */
export async function listCalendarEntries(
  context: CourseContext,
  { from, to }: Given<'listCalendarEntries'>
): Promise<{ entries: CalendarEntry[] }> {
  let entries = selectEntries(context).where('deleted_at', 'is', null)
  if (from !== undefined) entries = entries.where(sql<boolean>`ends_on >= ${from}::date`)
  if (to !== undefined) entries = entries.where(sql<boolean>`starts_on <= ${to}::date`)
  return { entries: await entries.orderBy('starts_on').orderBy('id').execute() }
}
