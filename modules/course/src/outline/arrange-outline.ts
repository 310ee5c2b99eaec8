import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import { loadAccess, mustEdit } from '../course/course-access.ts'
import { lockOutline, noteOutlineChange } from './change-outline.ts'
import { checkPrerequisites } from './check-prerequisites.ts'
import { loadOutline } from './load-outline.ts'
import { mustHoldTheSame, OutlineStale } from './outline.ts'
import { rankAnew } from './rank.ts'

/** Puts all units and items in a new order at once; only what moves is written. */
export async function arrangeOutline(
  context: CourseContext,
  { courseId, units }: Given<'arrangeOutline'>
): Promise<{ outlineVersion: number }> {
  mustEdit(await loadAccess(context, courseId))
  const version = await lockOutline(context, courseId)
  if (version !== context.expectedVersion) throw OutlineStale(version)
  mustHoldTheSame(await loadOutline(context, courseId, context.userId), units)
  const ranks = await selectRanks(context, courseId)
  const placed = [
    ...rankAnew(
      units.map(({ unitId }) => unitId),
      ranks
    ).map(([id, rank]) => ({ id, rank, unitId: null })),
    ...units.flatMap(({ unitId, itemIds }) =>
      rankAnew(itemIds, ranks, (id) => ranks.get(id)?.unitId === unitId).map(([id, rank]) => ({ id, rank, unitId }))
    )
  ]
  const moved = JSON.stringify(placed)
  await sql`
    update course.unit as unit set rank = moved.rank, version = version + 1
    from jsonb_to_recordset(${moved}::jsonb) as moved (id uuid, rank text)
    where unit.id = moved.id`.execute(context.tx)
  await sql`
    update course.item as item set rank = moved.rank, unit_id = moved."unitId", version = version + 1
    from jsonb_to_recordset(${moved}::jsonb) as moved (id uuid, rank text, "unitId" uuid)
    where item.id = moved.id`.execute(context.tx)
  await checkPrerequisites(context, courseId)
  return { outlineVersion: await noteOutlineChange(context, courseId) }
}

async function selectRanks(
  { tx }: CourseContext,
  courseId: string
): Promise<ReadonlyMap<string, { rank: string; unitId: string | null }>> {
  const { rows } = await sql<{ id: string; rank: string; unitId: string | null }>`
    select id, rank, null::uuid as "unitId" from course.unit where course_id = ${courseId} and deleted_at is null
    union all
    select id, rank, unit_id from course.item where course_id = ${courseId} and deleted_at is null`.execute(tx)
  return new Map(rows.map(({ id, ...rest }) => [id, rest]))
}
