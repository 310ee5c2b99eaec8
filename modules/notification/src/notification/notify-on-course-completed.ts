import type { CourseCompleted } from '@lyceum/course/contract'
import type { Static } from 'typebox'
import type { NotificationContext } from '../context.ts'
import { notify } from './notify.ts'

/** Congratulates the learner who completed a course. */
export const notifyOnCourseCompleted = (
  context: NotificationContext,
  { courseId, courseTitle, userId }: Static<(typeof CourseCompleted)['payload']>
): Promise<void> =>
  notify(context, { userId, kind: 'course-completed', values: { courseTitle }, link: `/courses/${courseId}` })
