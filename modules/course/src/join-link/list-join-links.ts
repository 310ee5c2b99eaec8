import type { CourseContext, Given } from '../context.ts'
import type { JoinLink } from '../contract.ts'
import { loadAccess, mustManagePeople } from '../course/course-access.ts'
import { joinUrl } from './join-link.ts'
import { selectJoinLinks } from './select-join-links.ts'

/** Every link not deleted, newest first; expired and used-up ones too, so that a teacher sees why one stopped working. */
export async function listJoinLinks(
  context: CourseContext,
  { courseId }: Given<'listJoinLinks'>
): Promise<{ entries: JoinLink[] }> {
  mustManagePeople(await loadAccess(context, courseId))
  const rows = await selectJoinLinks(context).where('course_id', '=', courseId).orderBy('id', 'desc').execute()
  return { entries: rows.map(({ token, ...link }) => ({ ...link, url: joinUrl(context.request.origin, token) })) }
}
