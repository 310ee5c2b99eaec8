import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { OutlineItem } from '../contract.ts'

/** An item in the outline, from the tables aliased `item` and the reader's `progress`. */
export const itemColumns = sql`
  item.id, item.kind, item.title, item.minutes, item.published, item.completion, item.required,
  item.opens_at as "opensAt", item.due_at as "dueAt", item.requires, item.version,
  case when progress.completed_at is not null then 'completed' when progress.opened_at is not null then 'in-progress'
    else 'not-started' end as state,
  progress.completed_at as "completedAt"`

/** An item that is known to be there, after a change, as its editor sees it. */
export async function reloadItem(
  { tx, userId }: Pick<CourseContext, 'tx' | 'userId'>,
  itemId: string
): Promise<OutlineItem> {
  const { rows } = await sql<Omit<OutlineItem, 'lock'>>`
    select item.unit_id as "unitId", ${itemColumns} from course.item as item
    left join course.progress as progress
      on progress.course_id = item.course_id and progress.user_id = ${userId} and progress.item_id = item.id
    where item.id = ${itemId}`.execute(tx)
  const [item] = rows
  if (!item) throw new Error(`Item ${itemId} was changed and is gone`)
  return { ...item, lock: [] }
}
