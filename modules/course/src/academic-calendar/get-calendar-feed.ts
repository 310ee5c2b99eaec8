import type { CourseContext } from '../context.ts'
import { feedUrl } from './calendar-feed.ts'

/** The link as whoever asks reaches the school; null where there is none. */
export async function getCalendarFeed({ tx, request }: CourseContext, _: object): Promise<{ url: string | null }> {
  const feed = await tx.selectFrom('course.calendar_feed').select('token').executeTakeFirst()
  return { url: feed ? feedUrl(request.origin, feed.token) : null }
}
