import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { CalendarEntry } from '../contract.ts'
import { mustHaveRoom } from './must-have-room.ts'
import { reloadEntry } from './select-entries.ts'

/** Brings a removed entry back as it was. @throws calendar.entry-not-found, calendar.too-many-entries */
export async function restoreCalendarEntry(
  context: CourseContext,
  { entryId }: Given<'restoreCalendarEntry'>
): Promise<CalendarEntry> {
  const { tx, now, caller } = context
  await mustHaveRoom(context, 1)
  await tx
    .updateTable('course.calendar_entry')
    .set({ deleted_at: null, changed_at: now, changed_by: caller.userId, version: sql`version + 1` })
    .where('id', '=', entryId)
    .where('deleted_at', 'is not', null)
    .execute()
  return reloadEntry(context, entryId)
}
