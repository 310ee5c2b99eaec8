import type { CourseContext, Given } from '../context.ts'
import { loadAccess, mustManagePeople } from '../course/course-access.ts'

/** Refuses whoever may not manage the people of a course. Asked before a question to another module that has effects. */
export async function confirmPeopleManager(
  context: CourseContext,
  { courseId }: Given<'confirmPeopleManager'>
): Promise<{ done: true }> {
  mustManagePeople(await loadAccess(context, courseId))
  return { done: true }
}
