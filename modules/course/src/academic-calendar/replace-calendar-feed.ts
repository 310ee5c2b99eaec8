import type { CourseContext } from '../context.ts'
import { feedUrl, newFeedToken } from './calendar-feed.ts'

/** A new secret link; whoever has the one before is shut out at once. */
export async function replaceCalendarFeed(
  { tx, now, caller, request }: CourseContext,
  _: object
): Promise<{ url: string }> {
  const token = newFeedToken()
  await tx
    .insertInto('course.calendar_feed')
    .values({ token, created_at: now, created_by: caller.userId })
    .onConflict((conflict) =>
      conflict
        .constraint('calendar_feed_pkey')
        .doUpdateSet({ token, created_at: now.toISOString(), created_by: caller.userId })
    )
    .execute()
  return { url: feedUrl(request.origin, token) }
}
