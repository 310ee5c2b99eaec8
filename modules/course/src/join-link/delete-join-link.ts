import type { CourseContext, Given } from '../context.ts'
import { loadAccess, mustManagePeople } from '../course/course-access.ts'
import { JoinLinkNotFound } from './join-link.ts'

/** Ends a link at once; whoever joined by it stays. Deleting twice is harmless. */
export async function deleteJoinLink(
  context: CourseContext,
  { joinLinkId }: Given<'deleteJoinLink'>
): Promise<{ done: true }> {
  const { tx, now } = context
  const link = await tx
    .selectFrom('course.join_link')
    .select('course_id')
    .where('id', '=', joinLinkId)
    .executeTakeFirst()
  if (!link) throw JoinLinkNotFound()
  mustManagePeople(await loadAccess(context, link.course_id))
  await tx
    .updateTable('course.join_link')
    .set({ deleted_at: now })
    .where('id', '=', joinLinkId)
    .where('deleted_at', 'is', null)
    .execute()
  return { done: true }
}
