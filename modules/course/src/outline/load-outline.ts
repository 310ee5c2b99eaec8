import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { OutlineItem } from '../contract.ts'
import { itemColumns } from '../item/select-item.ts'
import type { OutlineEntry, OutlinePart } from './outline.ts'

interface Row extends Omit<OutlineItem, 'id' | 'lock'> {
  readonly id: string | null
  readonly required: boolean
  readonly unitTitle: string
  readonly unitOpensAt: string | null
  readonly unitRequires: string[]
  readonly unitVersion: number
}

/** Units and items of a course in order, drafts included, with what `userId` has done of them; one statement. */
export async function loadOutline(
  { tx }: Pick<CourseContext, 'tx'>,
  courseId: string,
  userId: string
): Promise<OutlinePart[]> {
  const { rows } = await sql<Row>`
    select unit.id as "unitId", unit.title as "unitTitle", unit.opens_at as "unitOpensAt",
      unit.requires as "unitRequires", unit.version as "unitVersion",
      ${itemColumns}
    from course.unit as unit
    left join course.item as item on item.course_id = unit.course_id and item.unit_id = unit.id and item.deleted_at is null
    left join course.progress as progress
      on progress.course_id = ${courseId} and progress.user_id = ${userId} and progress.item_id = item.id
    where unit.course_id = ${courseId} and unit.deleted_at is null
    order by unit.rank, unit.id, item.rank, item.id`.execute(tx)
  const units: OutlinePart[] = []
  for (const row of rows) {
    let unit = units.at(-1)
    if (unit?.id !== row.unitId) {
      unit = {
        id: row.unitId,
        title: row.unitTitle,
        opensAt: row.unitOpensAt,
        requires: row.unitRequires,
        version: row.unitVersion,
        items: []
      }
      units.push(unit)
    }
    if (row.id !== null) unit.items.push(entryOf(row, row.id))
  }
  return units
}

function entryOf(row: Row, id: string): OutlineEntry {
  const { unitTitle, unitOpensAt, unitRequires, unitVersion, ...item } = row
  return { ...item, id, lock: [] }
}
