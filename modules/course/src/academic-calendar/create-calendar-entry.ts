import { newId } from '@lyceum/platform/id'
import type { CourseContext, Given } from '../context.ts'
import type { CalendarEntry } from '../contract.ts'
import { readTitle } from '../outline/title.ts'
import { freezesBy, MARGIN_HOURS, mustHaveDates, noExamsBy } from './calendar-entry.ts'
import { mustHaveRoom } from './must-have-room.ts'
import { reloadEntry } from './select-entries.ts'

/** @throws request.invalid (dates), calendar.too-many-entries */
export async function createCalendarEntry(
  context: CourseContext,
  given: Given<'createCalendarEntry'>
): Promise<CalendarEntry> {
  const { tx, now, caller } = context
  const { kind, startsOn, endsOn, startTime = null, endTime = null, freezes = false, noExams = false } = given
  mustHaveDates({ startsOn, endsOn, startTime, endTime })
  await mustHaveRoom(context, 1)
  const id = newId()
  await tx
    .insertInto('course.calendar_entry')
    .values({
      id,
      kind,
      title: readTitle(given.title),
      starts_on: startsOn,
      ends_on: endsOn,
      start_time: startTime,
      end_time: endTime,
      freezes: freezesBy(kind, freezes),
      margin_hours: given.marginHours ?? MARGIN_HOURS,
      no_exams: noExamsBy(kind, noExams),
      created_at: now,
      created_by: caller.userId,
      changed_at: now,
      changed_by: caller.userId
    })
    .execute()
  return reloadEntry(context, id)
}
