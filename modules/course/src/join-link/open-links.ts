import type { CourseContext } from '../context.ts'

/** The links that still enrol people, with their courses. */
export const selectOpenLinks = ({ tx, now }: CourseContext) =>
  tx
    .selectFrom('course.join_link as link')
    .innerJoin('course.course as course', 'course.id', 'link.course_id')
    .where('link.deleted_at', 'is', null)
    .where('course.deleted_at', 'is', null)
    .where('course.archived_at', 'is', null)
    .where(({ eb, or }) => or([eb('link.expires_at', 'is', null), eb('link.expires_at', '>', now.toISOString())]))
    .where(({ eb, or, ref }) => or([eb('link.max_uses', 'is', null), eb('link.uses', '<', ref('link.max_uses'))]))
