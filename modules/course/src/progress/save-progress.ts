import { sql } from 'kysely'
import type { CourseContext, Given } from '../context.ts'
import {
  type CompletionRule,
  type Course,
  CourseCompleted,
  ItemCompleted,
  type LockReason,
  type Position,
  type ProgressState
} from '../contract.ts'
import { loadAccess, mustStudy } from '../course/course-access.ts'
import { ItemNotFound } from '../item/item.ts'
import { courseOfItem } from '../item/load-item.ts'
import { locksOf } from '../lock/lock.ts'
import { loadOutline } from '../outline/load-outline.ts'
import { countProgress, nextOpening, type OutlinePart, resumeAt, viewOutline } from '../outline/outline.ts'
import { isCompleted, mergeRanges, percentWatched, type Range } from './progress.ts'

/**
 * Adds a report to what a learner has done of an item. Reports may come twice, late and out of order: ranges are merged,
 * the seconds of a visit only grow. What is locked is remembered but completes nothing.
 */
export async function saveProgress(context: CourseContext, given: Given<'saveProgress'>) {
  const enrolment = await lockEnrolment(context, given.itemId)
  // Read under the enrolment's lock, so that no other report and no recount of the outline comes between.
  const [before, parts, visitBefore] = await Promise.all([
    selectStudied(context, enrolment, given.itemId),
    loadOutline(context, enrolment.courseId, context.userId),
    selectVisit(context, given)
  ])
  const item = parts.flatMap(({ items }) => items).find(({ id }) => id === given.itemId)
  if (!item?.published) throw ItemNotFound(given.itemId)
  const locks = locksOf(enrolment, parts, context.now)
  const studied = studiedNow(before, given, visitBefore)
  const completedAt = completionAfter(item, before, studied, {
    given,
    enrolment,
    context,
    lock: locks.items.get(item.id) ?? []
  })
  await writeVisit(context, given)
  await writeProgress(context, { courseId: enrolment.courseId, itemId: item.id, studied, completedAt })

  const after = parts.map((part) => ({
    ...part,
    items: part.items.map((other) =>
      other.id === item.id ? { ...other, completedAt, state: stateOf(completedAt) } : other
    )
  }))
  const progress = await writeEnrolment(context, enrolment, item.id, after)
  if (completedAt !== null && before.announcedAt === null)
    await context.publish(ItemCompleted, { courseId: enrolment.courseId, itemId: item.id, userId: context.userId })
  if (progress.completedAt !== null && enrolment.completedAt === null)
    await context.publish(CourseCompleted, {
      courseId: enrolment.courseId,
      courseTitle: enrolment.title,
      userId: context.userId
    })
  return {
    itemId: item.id,
    state: stateOf(completedAt),
    completedAt,
    savedAt: context.now.toISOString(),
    watchedPercent: studied.watchedPercent,
    secondsSpent: studied.seconds,
    progress,
    unlocked: unlockedBy(after, locks.items, locksOf(enrolment, after, context.now).items)
  }
}

interface Enrolment extends Pick<Course, 'startsAt' | 'endsAt' | 'status' | 'title'> {
  readonly id: string
  readonly courseId: string
  readonly completedAt: string | null
}

/** One learner's reports come one after another; a learner's course is all they lock. */
async function lockEnrolment(context: CourseContext, itemId: string): Promise<Enrolment> {
  const access = await loadAccess(context, await courseOfItem(context, itemId))
  mustStudy(access)
  const { id: courseId, title, status, startsAt, endsAt } = access.course
  const row = await context.tx
    .selectFrom('course.enrolment')
    .select(['id', 'completed_at as completedAt'])
    .where('course_id', '=', courseId)
    .where('user_id', '=', context.userId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  return { ...row, courseId, title, status, startsAt, endsAt }
}

interface Before {
  readonly openedAt: string | null
  readonly completedAt: string | null
  readonly announcedAt: string | null
  readonly markedDone: boolean
  readonly seconds: number
  readonly watched: Range[]
  readonly watchedPercent: number
  readonly position: Position | null
}

const NOTHING_YET: Before = {
  openedAt: null,
  completedAt: null,
  announcedAt: null,
  markedDone: false,
  seconds: 0,
  watched: [],
  watchedPercent: 0,
  position: null
}

async function selectStudied({ tx, userId }: CourseContext, { courseId }: Enrolment, itemId: string): Promise<Before> {
  const row = await tx
    .selectFrom('course.progress')
    .select([
      'opened_at as openedAt',
      'completed_at as completedAt',
      'announced_at as announcedAt',
      'marked_done as markedDone',
      'seconds',
      'watched',
      'watched_percent as watchedPercent',
      'position'
    ])
    .where('course_id', '=', courseId)
    .where('user_id', '=', userId)
    .where('item_id', '=', itemId)
    .executeTakeFirst()
  return row ?? NOTHING_YET
}

async function selectVisit({ tx, userId }: CourseContext, { itemId, visit }: Given<'saveProgress'>): Promise<number> {
  if (!visit) return 0
  const row = await tx
    .selectFrom('course.visit')
    .select('seconds')
    .where('user_id', '=', userId)
    .where('item_id', '=', itemId)
    .where('id', '=', visit.id)
    .executeTakeFirst()
  return row?.seconds ?? 0
}

interface StudiedNow {
  readonly opened: true
  readonly seconds: number
  readonly watched: Range[]
  readonly watchedPercent: number
  readonly markedDone: boolean
  readonly position: Position | null
}

function studiedNow(before: Before, given: Given<'saveProgress'>, visitBefore: number): StudiedNow {
  const watched = given.watched ? mergeRanges(before.watched, given.watched.ranges) : before.watched
  const percent = given.watched ? percentWatched(watched, given.watched.duration) : 0
  const added = Math.max(0, (given.visit?.seconds ?? 0) - visitBefore)
  // A report overtaken by a later one of the same visit knows nothing new of where the learner is.
  const isLate = given.visit !== undefined && given.visit.seconds < visitBefore
  return {
    opened: true,
    seconds: before.seconds + added,
    watched,
    watchedPercent: Math.max(before.watchedPercent, percent),
    markedDone: given.done ?? before.markedDone,
    position: (isLate ? undefined : given.position) ?? before.position
  }
}

interface Circumstances {
  readonly given: Given<'saveProgress'>
  readonly enrolment: Enrolment
  readonly context: CourseContext
  readonly lock: readonly LockReason[]
}

/** Completion stays, unless the learner takes back a mark that they set by hand. */
function completionAfter(
  { completion }: { readonly completion: CompletionRule },
  before: Before,
  studied: StudiedNow,
  { given, enrolment, context, lock }: Circumstances
): string | null {
  if (before.completedAt !== null) return completion.kind === 'done' && given.done === false ? null : before.completedAt
  const open = lock.length === 0 && enrolment.status === 'published'
  return open && isCompleted(completion, studied) ? context.now.toISOString() : null
}

async function writeVisit({ tx, now, userId }: CourseContext, { itemId, visit }: Given<'saveProgress'>): Promise<void> {
  if (!visit) return
  await sql`
    insert into course.visit (user_id, item_id, id, seconds, updated_at)
    values (${userId}, ${itemId}, ${visit.id}, ${visit.seconds}, ${now})
    on conflict (tenant_id, user_id, item_id, id)
    do update set seconds = greatest(visit.seconds, excluded.seconds), updated_at = excluded.updated_at`.execute(tx)
}

interface Written {
  readonly courseId: string
  readonly itemId: string
  readonly studied: StudiedNow
  readonly completedAt: string | null
}

async function writeProgress({ tx, now, userId }: CourseContext, written: Written): Promise<void> {
  const { courseId, itemId, studied, completedAt } = written
  const { seconds, watched, watchedPercent, markedDone, position } = studied
  await sql`
    insert into course.progress (course_id, user_id, item_id, opened_at, completed_at, announced_at, marked_done, seconds,
      watched, watched_percent, position, updated_at)
    values (${courseId}, ${userId}, ${itemId}, ${now}, ${completedAt}, ${completedAt}, ${markedDone}, ${seconds},
      ${JSON.stringify(watched)}, ${watchedPercent}, ${position && JSON.stringify(position)}, ${now})
    on conflict (tenant_id, course_id, user_id, item_id) do update set
      opened_at = coalesce(progress.opened_at, excluded.opened_at),
      completed_at = excluded.completed_at,
      announced_at = coalesce(progress.announced_at, excluded.announced_at),
      marked_done = excluded.marked_done,
      seconds = excluded.seconds,
      watched = excluded.watched,
      watched_percent = excluded.watched_percent,
      position = excluded.position,
      updated_at = excluded.updated_at`.execute(tx)
}

/** Counted from the outline at hand rather than added up, so that no fault of the past is carried on. */
async function writeEnrolment(
  { tx, now }: CourseContext,
  enrolment: Enrolment,
  itemId: string,
  parts: readonly OutlinePart[]
) {
  const counted = countProgress(parts, enrolment.completedAt)
  const all = counted.total > 0 && counted.completed === counted.total
  const completedAt = enrolment.completedAt ?? (all ? now.toISOString() : null)
  const total = parts.flatMap(({ items }) => items).filter(({ required }) => required)
  const units = viewOutline(parts, { course: enrolment, staff: false, now })
  const minutes = total.reduce((sum, item) => sum + (item.completedAt === null ? 0 : (item.minutes ?? 0)), 0)
  await tx
    .updateTable('course.enrolment')
    .set({
      last_seen_at: now,
      last_item_id: itemId,
      completed_items: counted.completed,
      completed_minutes: minutes,
      completed_at: completedAt,
      next_item_id: resumeAt(parts, units, itemId)?.itemId ?? null,
      next_item_until: nextOpening(parts, now)
    })
    .where('id', '=', enrolment.id)
    .execute()
  return { ...counted, completedAt }
}

const stateOf = (completedAt: string | null): ProgressState => (completedAt === null ? 'in-progress' : 'completed')

function unlockedBy(
  parts: readonly OutlinePart[],
  before: ReadonlyMap<string, LockReason[]>,
  after: ReadonlyMap<string, LockReason[]>
): { itemId: string; title: string }[] {
  return parts
    .flatMap(({ items }) => items)
    .filter(({ id, published }) => published && before.get(id)?.length !== 0 && after.get(id)?.length === 0)
    .map(({ id, title }) => ({ itemId: id, title }))
}
