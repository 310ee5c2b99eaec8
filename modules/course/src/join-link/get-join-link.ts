import type { CourseContext, Given } from '../context.ts'
import type { EnrolmentRole } from '../contract.ts'
import { JoinLinkEnded } from './join-link.ts'
import { selectOpenLinks } from './open-links.ts'

/** What a link leads to, for whoever holds it, signed in or not. */
export async function getJoinLink(
  context: CourseContext,
  { token }: Given<'getJoinLink'>
): Promise<{ courseTitle: string; description: string; role: EnrolmentRole }> {
  const link = await selectOpenLinks(context)
    .select(['course.title as courseTitle', 'course.description', 'link.role'])
    .where('link.token', '=', token)
    .executeTakeFirst()
  if (!link) throw JoinLinkEnded()
  return link
}
