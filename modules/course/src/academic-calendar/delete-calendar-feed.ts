import type { CourseContext } from '../context.ts'

/** Ends the link at once; ending it twice is harmless. */
export async function deleteCalendarFeed({ tx }: CourseContext, _: object): Promise<{ done: true }> {
  await tx.deleteFrom('course.calendar_feed').execute()
  return { done: true }
}
