import { randomBytes } from 'node:crypto'
import { newId } from '@lyceum/platform/id'
import type { CourseContext, Given } from '../context.ts'
import type { JoinLink } from '../contract.ts'
import { loadAccess, mustManagePeople } from '../course/course-access.ts'
import { ExpiresInPast, joinUrl, mustBeGivenByLink } from './join-link.ts'
import { selectJoinLinks } from './select-join-links.ts'

/** A link that enrols whoever opens it; its token carries 128 random bits. */
export async function createJoinLink(
  context: CourseContext,
  { courseId, role, expiresAt = null, maxUses = null }: Given<'createJoinLink'>
): Promise<JoinLink> {
  mustManagePeople(await loadAccess(context, courseId))
  mustBeGivenByLink(role)
  if (expiresAt !== null && Date.parse(expiresAt) <= context.now.getTime()) throw ExpiresInPast()
  const id = newId()
  await context.tx
    .insertInto('course.join_link')
    .values({
      id,
      course_id: courseId,
      token: randomBytes(16).toString('base64url'),
      role,
      expires_at: expiresAt,
      max_uses: maxUses,
      created_at: context.now,
      created_by: context.userId
    })
    .execute()
  const { token, ...link } = await selectJoinLinks(context).where('id', '=', id).executeTakeFirstOrThrow()
  return { ...link, url: joinUrl(context.request.origin, token) }
}
