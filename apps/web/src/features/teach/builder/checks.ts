import type { Course, Item, OutlineUnit } from '@lyceum/course/contract'

/** Something a teacher should look at before learners do. */
export interface Finding {
  readonly code:
    | 'nothing-published'
    | 'unit-empty'
    | 'unit-hidden'
    | 'due-before-open'
    | 'due-outside-course'
    | 'opens-after-end'
    | 'course-over'
    | 'waits-for-draft'
    | 'no-description'
    | 'page-empty'
    | 'picture-without-text'
    | 'video-without-captions'
    | 'file-missing'
    | 'link-missing'
  /** `stop`: learners would be stuck or see nothing; `look`: worth a look. */
  readonly weight: 'stop' | 'look'
  readonly unitId?: string
  readonly itemId?: string
  /** What it is about, for saying it. */
  readonly title: string
  readonly count?: number
}

type CourseDates = Pick<Course, 'title' | 'description' | 'startsAt' | 'endsAt'>

/** What can be seen from the outline alone. */
export function checkOutline(course: CourseDates, units: readonly OutlineUnit[], now: Date): Finding[] {
  const items = units.flatMap((unit) => unit.items)
  const drafts = new Set(items.filter((item) => !item.published).map(({ id }) => id))
  const findings: Finding[] = []
  if (!items.some((item) => item.published && item.kind !== 'heading'))
    findings.push({ code: 'nothing-published', weight: 'stop', title: course.title })
  if (course.endsAt && course.endsAt < now.toISOString())
    findings.push({ code: 'course-over', weight: 'stop', title: course.title })
  if (course.description.trim() === '') findings.push({ code: 'no-description', weight: 'look', title: course.title })
  for (const unit of units) {
    const inUnit = { unitId: unit.id, title: unit.title }
    const contents = unit.items.filter(({ kind }) => kind !== 'heading')
    if (contents.length === 0) findings.push({ code: 'unit-empty', weight: 'look', ...inUnit })
    else if (contents.every((item) => !item.published))
      findings.push({ code: 'unit-hidden', weight: 'look', ...inUnit })
    if (course.endsAt && unit.opensAt && unit.opensAt >= course.endsAt)
      findings.push({ code: 'opens-after-end', weight: 'stop', ...inUnit })
    for (const item of unit.items) {
      const about = { itemId: item.id, unitId: unit.id, title: item.title }
      const opensAt = latest(item.opensAt, unit.opensAt)
      if (item.dueAt && opensAt && item.dueAt <= opensAt)
        findings.push({ code: 'due-before-open', weight: 'stop', ...about })
      if (
        item.dueAt &&
        ((course.endsAt && item.dueAt > course.endsAt) || (course.startsAt && item.dueAt < course.startsAt))
      )
        findings.push({ code: 'due-outside-course', weight: 'look', ...about })
      if (item.opensAt && course.endsAt && item.opensAt >= course.endsAt)
        findings.push({ code: 'opens-after-end', weight: 'stop', ...about })
      if (item.published && item.requires.some((id) => drafts.has(id)))
        findings.push({ code: 'waits-for-draft', weight: 'look', ...about })
    }
  }
  return findings
}

/** What can be seen only by reading an item. */
export function checkContent(item: Item): Finding[] {
  const about = { itemId: item.id, unitId: item.unitId, title: item.title }
  if (item.kind === 'page') {
    const html = item.html ?? ''
    const pictures = (html.match(/<img\b[^>]*>/g) ?? []).filter((tag) => !/\salt="[^"]*\S[^"]*"/.test(tag)).length
    const empty = html.replace(/<(?!img|video|audio)[^>]*>/g, '').trim() === ''
    return [
      ...(empty ? [{ code: 'page-empty', weight: 'look', ...about } as const] : []),
      ...(pictures > 0 ? [{ code: 'picture-without-text', weight: 'look', count: pictures, ...about } as const] : [])
    ]
  }
  if (item.kind === 'video') {
    if (!item.file) return item.url ? [] : [{ code: 'file-missing', weight: 'stop', ...about }]
    return item.file.captions.length > 0 ? [] : [{ code: 'video-without-captions', weight: 'look', ...about }]
  }
  if (item.kind === 'file') return item.file ? [] : [{ code: 'file-missing', weight: 'stop', ...about }]
  if (item.kind === 'link') return item.url ? [] : [{ code: 'link-missing', weight: 'stop', ...about }]
  return []
}

const latest = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other > one) ? other : one
