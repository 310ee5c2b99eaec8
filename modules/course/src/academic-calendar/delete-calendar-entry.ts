import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import { EntryNotFound } from './calendar-entry.ts'

/** Removes an entry so that it can be restored; removing it twice is harmless. @throws calendar.entry-not-found */
export async function deleteCalendarEntry(
  { tx, now, caller }: CourseContext,
  { entryId }: Given<'deleteCalendarEntry'>
): Promise<{ done: true }> {
  await tx
    .updateTable('course.calendar_entry')
    .set({
      deleted_at: sql`coalesce(deleted_at, ${now}::timestamptz)`,
      changed_at: now,
      changed_by: caller.userId,
      version: sql`version + 1`
    })
    .where('id', '=', entryId)
    .returning('id')
    .executeTakeFirstOrThrow(() => EntryNotFound())
  return { done: true }
}
