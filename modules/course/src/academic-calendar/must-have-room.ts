import type { CourseContext } from '../context.ts'
import { MOST_ENTRIES, TooManyEntries } from './calendar-entry.ts'

/** @throws calendar.too-many-entries */
export async function mustHaveRoom({ tx }: Pick<CourseContext, 'tx'>, more: number): Promise<void> {
  const { count } = await tx
    .selectFrom('course.calendar_entry')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  if (count + more > MOST_ENTRIES) throw TooManyEntries()
}
