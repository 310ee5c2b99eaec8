import { newId } from '@lyceum/platform/id'
import type { CourseContext, Given } from '../context.ts'
import type { OutlineItem } from '../contract.ts'
import { noteRequirementChange } from '../outline/change-outline.ts'
import { checkPrerequisites, mustBelongTo } from '../outline/check-prerequisites.ts'
import { rankAfter } from '../outline/rank.ts'
import { readTitle } from '../outline/title.ts'
import { readPage } from '../page/page-html.ts'
import { loadUnitToEdit } from '../unit/load-unit.ts'
import { defaultCompletion, mustSuit, readAddress, readingMinutes } from './item.ts'
import { reloadItem } from './select-item.ts'

/** Adds an item at the end of a unit. A page begins with its `html`, or empty. */
export async function createItem(context: CourseContext, given: Given<'createItem'>): Promise<OutlineItem> {
  const { tx, now, userId } = context
  const { unitId, kind } = given
  const { courseId } = await loadUnitToEdit(context, unitId)
  const completion = given.completion ?? defaultCompletion(kind)
  mustSuit(kind, completion)
  const last = await tx
    .selectFrom('course.item')
    .select('rank')
    .where('course_id', '=', courseId)
    .where('unit_id', '=', unitId)
    .orderBy('rank', 'desc')
    .limit(1)
    .executeTakeFirst()
  const page = kind === 'page' ? readPage(given.html ?? '', { courseId, origin: context.request.origin }) : null
  const id = newId()
  await tx
    .insertInto('course.item')
    .values({
      id,
      course_id: courseId,
      unit_id: unitId,
      kind,
      title: readTitle(given.title),
      rank: rankAfter(last?.rank),
      minutes: given.minutes ?? (given.html ? readingMinutes(given.html) : null),
      published: given.published ?? true,
      completion: JSON.stringify(completion),
      opens_at: given.opensAt ?? null,
      due_at: given.dueAt ?? null,
      requires: await mustBelongTo(context, 'course.item', courseId, given.requires ?? []),
      file_id: given.fileId ?? null,
      url: readAddress(given.url ?? null),
      note: given.note?.trim() || null,
      captions: JSON.stringify(given.captions ?? []),
      ...(page ? { html: page.html, html_files: page.fileIds, html_saved_at: now, html_saved_by: userId } : {})
    })
    .execute()
  if (page) {
    await tx
      .insertInto('course.page_revision')
      .values({ item_id: id, version: 1, html: page.html, begun_at: now, saved_at: now, saved_by: userId })
      .execute()
  }
  if (given.requires) await checkPrerequisites(context, courseId)
  await noteRequirementChange(context, courseId)
  return reloadItem(context, id)
}
