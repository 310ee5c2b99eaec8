import { newId } from '@lyceum/platform/id'
import { generateNKeysBetween } from 'fractional-indexing'
import type { CourseContext } from '../context.ts'
import { colorOf } from '../course/course.ts'
import { defaultCompletion, readingMinutes } from '../item/item.ts'
import { noteRequirementChange } from '../outline/change-outline.ts'
import { readPage } from '../page/page-html.ts'
import type { CoursePlan, ImportRow, ItemPlan } from './course-import.ts'
import { rewriteReferences } from './rewrite-references.ts'

/** Rows in one statement: PostgreSQL takes 65,535 parameters. */
const ROWS_AT_ONCE = 200

const LOCALE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/

/** The whole course or nothing: with it goes the word that the import is done, so that no second one is ever made. */
export async function writeCourse(
  context: CourseContext,
  row: ImportRow,
  plan: CoursePlan,
  assetIds: ReadonlyMap<string, string>
): Promise<void> {
  const { tx, now } = context
  const current = await tx
    .selectFrom('course.course_import')
    .select('state')
    .where('id', '=', row.id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  if (current.state === 'done') return
  const courseId = newId()
  await tx
    .insertInto('course.course')
    .values({
      id: courseId,
      title: (row.title ?? plan.title).slice(0, 200),
      description: plan.description,
      locale: plan.language && LOCALE.test(plan.language) ? plan.language : null,
      color: colorOf(courseId),
      created_at: now,
      created_by: row.created_by
    })
    .execute()
  if (row.created_by !== null)
    await tx
      .insertInto('course.enrolment')
      .values({
        id: newId(),
        course_id: courseId,
        user_id: row.created_by,
        role: 'teacher',
        enrolled_at: now,
        enrolled_by: row.created_by
      })
      .execute()
  await writeOutline(context, { courseId, row, plan, assetIds })
  await noteRequirementChange(context, courseId)
  await tx
    .updateTable('course.course_import')
    .set({ state: 'done', course_id: courseId })
    .where('id', '=', row.id)
    .execute()
}

interface Writing {
  readonly courseId: string
  readonly row: ImportRow
  readonly plan: CoursePlan
  readonly assetIds: ReadonlyMap<string, string>
}

async function writeOutline(context: CourseContext, { courseId, row, plan, assetIds }: Writing): Promise<void> {
  const { tx, now } = context
  const unitRanks = generateNKeysBetween(null, null, plan.units.length)
  const units = plan.units.map(({ title }, at) => ({
    id: newId(),
    course_id: courseId,
    title: title.slice(0, 200),
    rank: unitRanks[at] ?? ''
  }))
  await inChunks(units, (some) => tx.insertInto('course.unit').values(some).execute())
  const placed = plan.units.flatMap((unit, at) => {
    const ranks = generateNKeysBetween(null, null, unit.items.length)
    return unit.items.map((item, place) => ({
      id: newId(),
      unitId: units[at]?.id ?? '',
      rank: ranks[place] ?? '',
      item
    }))
  })
  const itemIds = new Map(placed.flatMap(({ id, item }) => (item.kind === 'page' ? [[item.sourcePath, id]] : [])))
  const items = placed.map(({ id, unitId, rank, item }) => ({
    id,
    course_id: courseId,
    unit_id: unitId,
    kind: item.kind,
    title: item.title.slice(0, 200),
    rank,
    completion: JSON.stringify(defaultCompletion(item.kind)),
    ...contentOf(item, courseId, itemIds, assetIds),
    html_saved_at: now,
    html_saved_by: row.created_by
  }))
  await inChunks(items, (some) => tx.insertInto('course.item').values(some).execute())
  const revisions = items.flatMap(({ id, html }) =>
    html === null ? [] : [{ item_id: id, version: 1, html, begun_at: now, saved_at: now, saved_by: row.created_by }]
  )
  await inChunks(revisions, (some) => tx.insertInto('course.page_revision').values(some).execute())
}

function contentOf(
  item: ItemPlan,
  courseId: string,
  itemIds: ReadonlyMap<string, string>,
  assetIds: ReadonlyMap<string, string>
): { html: string | null; html_files: string[]; minutes: number | null; file_id: string | null; url: string | null } {
  const nothing = { html: null, html_files: [], minutes: null, file_id: null, url: null }
  if (item.kind === 'link') return { ...nothing, url: item.url }
  if (item.kind !== 'page') return { ...nothing, file_id: assetIds.get(item.assetPath) ?? null }
  const referring = rewriteReferences(item.html, {
    asset: (path) => `file:${assetIds.get(path) ?? ''}`,
    page: (path, anchor) =>
      `item:${itemIds.get(path) ?? ''}${anchor === undefined ? '' : `#${encodeURIComponent(anchor)}`}`
  })
  const { html, fileIds } = readPage(referring, { courseId, origin: '' })
  return { ...nothing, html, html_files: fileIds, minutes: item.minutes ?? readingMinutes(html) }
}

async function inChunks<Row>(rows: readonly Row[], write: (some: Row[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) await write(rows.slice(start, start + ROWS_AT_ONCE))
}
