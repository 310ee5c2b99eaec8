import type { LearnerEnrolled } from '@lyceum/course/contract'
import type { Static } from 'typebox'
import type { NotificationContext } from '../context.ts'
import { notify } from './notify.ts'

/** Whoever is enrolled hears of it, also those who enrolled themselves: it is how they find the course again. */
export const notifyOnLearnerEnrolled = (
  context: NotificationContext,
  { courseId, courseTitle, userId, role }: Static<(typeof LearnerEnrolled)['payload']>
): Promise<void> =>
  notify(context, { userId, kind: 'enrolled', values: { courseTitle, role }, link: `/courses/${courseId}` })
