import type { CourseContext } from '../context.ts'

/** Join links nobody has deleted, as the contract shows them but for the address their token becomes. */
export const selectJoinLinks = ({ tx }: CourseContext) =>
  tx
    .selectFrom('course.join_link')
    .select([
      'id',
      'course_id as courseId',
      'token',
      'role',
      'expires_at as expiresAt',
      'max_uses as maxUses',
      'uses',
      'created_at as createdAt'
    ])
    .where('deleted_at', 'is', null)
