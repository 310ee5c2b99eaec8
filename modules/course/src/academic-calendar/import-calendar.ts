import { newId } from '@lyceum/platform/id'
import { inSteps } from '@lyceum/platform/module'
import { sql } from 'kysely'
import type { CourseContext, CourseSteps, Given } from '../context.ts'
import type { CalendarImport } from '../contract.ts'
import { mustHaveRoom } from './must-have-room.ts'
import {
  describePlan,
  freezingOf,
  type KnownEntry,
  type PlannedEntry,
  planImport,
  readFile
} from './plan-calendar-import.ts'

/**
 * Does what the preview shows. Importing a file again changes what came from it and doubles nothing; events that cannot be
 * read are left out and named.
 * @throws calendar-import.not-a-calendar, calendar-import.too-many-events, calendar.too-many-entries
 */
export const importCalendar = inSteps(
  async (steps: CourseSteps, given: Given<'importCalendar'>): Promise<CalendarImport> => {
    const file = await readFile(steps, given)
    return steps.transact(async (context) => {
      // Two imports of the same file at once would each make every entry.
      const lock = sql`select pg_advisory_xact_lock(hashtext('course.calendar_entry'), hashtext(${context.tenantId}))`
      await lock.execute(context.tx)
      const plan = await planImport(context, file, given)
      const made = plan.entries.filter(({ outcome }) => outcome === 'create')
      await mustHaveRoom(context, made.length - plan.removed.length)
      await remove(context, plan.removed)
      const changed = plan.entries.filter(({ outcome }) => outcome !== 'unchanged')
      await keep(context, changed)
      return describePlan(plan)
    })
  }
)

async function remove({ tx, now, caller }: CourseContext, entries: readonly KnownEntry[]): Promise<void> {
  if (entries.length === 0) return
  await tx
    .updateTable('course.calendar_entry')
    .set({ deleted_at: now, changed_at: now, changed_by: caller.userId, version: sql`version + 1` })
    .where(
      'id',
      'in',
      entries.map(({ id }) => id)
    )
    .execute()
}

async function keep({ tx, now, caller }: CourseContext, entries: readonly PlannedEntry[]): Promise<void> {
  if (entries.length === 0) return
  const changed = { changed_at: now, changed_by: caller.userId }
  await tx
    .insertInto('course.calendar_entry')
    .values(
      entries.map((entry) => ({
        id: entry.before?.id ?? newId(),
        kind: entry.kind,
        title: entry.title,
        starts_on: entry.startsOn,
        ends_on: entry.endsOn,
        start_time: entry.startTime,
        end_time: entry.endTime,
        ...freezingOf(entry),
        import_uid: entry.uid,
        import_part: entry.part,
        created_at: now,
        created_by: caller.userId,
        ...changed
      }))
    )
    .onConflict((conflict) =>
      conflict.constraint('calendar_entry_pkey').doUpdateSet((eb) => ({
        kind: eb.ref('excluded.kind'),
        title: eb.ref('excluded.title'),
        starts_on: eb.ref('excluded.starts_on'),
        ends_on: eb.ref('excluded.ends_on'),
        start_time: eb.ref('excluded.start_time'),
        end_time: eb.ref('excluded.end_time'),
        freezes: eb.ref('excluded.freezes'),
        no_exams: sql<boolean>`calendar_entry.no_exams and excluded.kind = 'term'`,
        changed_at: eb.ref('excluded.changed_at'),
        changed_by: eb.ref('excluded.changed_by'),
        deleted_at: null,
        version: sql<number>`calendar_entry.version + 1`
      }))
    )
    .execute()
}
