import { askFirst } from '@lyceum/platform/module'
import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import type { Item, Position } from '../contract.ts'
import { loadAccess } from '../course/course-access.ts'
import { loadOutline } from '../outline/load-outline.ts'
import { neighboursOf, viewOutline } from '../outline/outline.ts'
import { showPage } from '../page/show-page.ts'
import { askForFiles, type ItemFiles } from './ask-for-files.ts'
import { ItemNotFound } from './item.ts'

/** An item to study. While it is locked its title, the way around it and the reasons are there, its content is not. */
export const getItem = askFirst(
  askForFiles,
  async (
    context: CourseContext,
    { itemId, asLearner = false }: Given<'getItem'>,
    { courseId, files }: ItemFiles
  ): Promise<Item> => {
    const [{ course, staff }, parts, content] = await Promise.all([
      loadAccess(context, courseId),
      loadOutline(context, courseId, context.userId),
      selectContent(context, courseId, itemId)
    ])
    const units = viewOutline(parts, { course, staff: staff && !asLearner, now: context.now })
    const unit = units.find(({ items }) => items.some(({ id }) => id === itemId))
    const item = unit?.items.find(({ id }) => id === itemId)
    if (!unit || !item || !content) throw ItemNotFound(itemId)
    const { html, fileId, url, note, captions, ...studied } = content
    const open = item.lock.length === 0
    return {
      ...item,
      courseId,
      courseTitle: course.title,
      unitTitle: unit.title,
      html: open && item.kind === 'page' ? showPage(html ?? '', courseId, files) : null,
      file: open ? fileOf(files, fileId, captions) : null,
      url: open ? url : null,
      note: open ? note : null,
      ...studied,
      ...neighboursOf(units, itemId)
    }
  }
)

interface Content {
  readonly html: string | null
  readonly fileId: string | null
  readonly url: string | null
  readonly note: string | null
  readonly captions: { fileId: string; locale: string; label: string }[]
  readonly position: Position | null
  readonly watchedPercent: number
  readonly secondsSpent: number
}

async function selectContent(
  { tx, userId }: CourseContext,
  courseId: string,
  itemId: string
): Promise<Content | undefined> {
  const { rows } = await sql<Content>`
    select item.html, item.file_id as "fileId", item.url, item.note, item.captions, progress.position,
      coalesce(progress.watched_percent, 0) as "watchedPercent", coalesce(progress.seconds, 0) as "secondsSpent"
    from course.item as item
    left join course.progress as progress
      on progress.course_id = ${courseId} and progress.user_id = ${userId} and progress.item_id = item.id
    where item.id = ${itemId}`.execute(tx)
  return rows[0]
}

function fileOf(files: ItemFiles['files'], fileId: string | null, captions: Content['captions']): Item['file'] {
  const byId = new Map(files.map((file) => [file.id, file]))
  const file = fileId === null ? undefined : byId.get(fileId)
  if (!file?.url) return null
  const { id, name, mediaType, size, url } = file
  return {
    id,
    name,
    mediaType,
    size,
    url,
    captions: captions.flatMap((caption) => {
      const address = byId.get(caption.fileId)?.url
      return address ? [{ ...caption, url: address }] : []
    })
  }
}
