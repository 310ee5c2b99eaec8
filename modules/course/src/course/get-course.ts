import type { CourseContext, Given } from '../context.ts'
import type { Course } from '../contract.ts'
import { loadAccess } from './course-access.ts'

export async function getCourse(context: CourseContext, { courseId }: Given<'getCourse'>): Promise<Course> {
  const { course } = await loadAccess(context, courseId)
  return course
}
