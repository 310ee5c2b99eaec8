import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { CalendarEntry } from '../contract.ts'
import { readTitle } from '../outline/title.ts'
import { EntryNotFound, EntryStale, freezesBy, mustHaveDates, noExamsBy } from './calendar-entry.ts'
import { reloadEntry, selectEntries } from './select-entries.ts'

/**
 * Changes what is given and leaves the rest. For a term, `noExams` is an administrator's word that releases need not wait
 * for exam periods of it.
 * @throws calendar.entry-not-found, calendar.entry-stale, request.invalid (dates)
 */
export async function updateCalendarEntry(
  context: CourseContext,
  { entryId, ...given }: Given<'updateCalendarEntry'>
): Promise<CalendarEntry> {
  const { tx, now, caller, expectedVersion } = context
  const before = await selectEntries(context)
    .where('id', '=', entryId)
    .where('deleted_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow(() => EntryNotFound())
  if (before.version !== expectedVersion) throw EntryStale(before.version)
  const after = { ...before, ...given }
  mustHaveDates(after)
  await tx
    .updateTable('course.calendar_entry')
    .set({
      kind: after.kind,
      title: readTitle(after.title),
      starts_on: after.startsOn,
      ends_on: after.endsOn,
      start_time: after.startTime,
      end_time: after.endTime,
      freezes: freezesBy(after.kind, after.freezes),
      margin_hours: after.marginHours,
      no_exams: noExamsBy(after.kind, after.noExams),
      changed_at: now,
      changed_by: caller.userId,
      version: sql`version + 1`
    })
    .where('id', '=', entryId)
    .execute()
  return reloadEntry(context, entryId)
}
