import type { Impact } from '@lyceum/platform/probe'
import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'

const STUDYING_MS = 10 * 60_000
/** Work that is due within so long is what people sit at now. */
const DUE_MS = 24 * 60 * 60_000

/** Who studies, what is due soon, and imports under way. */
export async function learningUnderWay({ tx, now }: Pick<CourseContext, 'tx' | 'now'>): Promise<readonly Impact[]> {
  const [studying, due, imports] = await Promise.all([
    tx
      .selectFrom('course.visit')
      .select((eb) => eb.fn.count<number>('user_id').distinct().as('count'))
      .where('updated_at', '>', new Date(now.getTime() - STUDYING_MS).toISOString())
      .executeTakeFirstOrThrow(),
    sql<{ count: number; until: string | null }>`
      select count(*) as count, max(item.due_at) as until
      from course.progress progress
      join course.item item on item.id = progress.item_id
      where progress.completed_at is null and progress.opened_at is not null and item.required
        and item.due_at > ${now} and item.due_at <= ${new Date(now.getTime() + DUE_MS)}
        and progress.updated_at > ${new Date(now.getTime() - DUE_MS)}`.execute(tx),
    sql<{ count: number }>`
      select (select count(*) from course.course_import where state in ('waiting', 'reading', 'storing'))
           + (select count(*) from course.people_import where state in ('checking', 'committing', 'undoing')) as count`.execute(
      tx
    )
  ])
  return [
    { what: 'people studying', count: studying.count, until: null },
    {
      what: 'pieces of work begun and due within a day',
      count: due.rows[0]?.count ?? 0,
      until: due.rows[0]?.until ?? null
    },
    { what: 'imports under way', count: imports.rows[0]?.count ?? 0, until: null }
  ]
}
