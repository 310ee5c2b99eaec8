import { sql } from 'kysely'
import type { Course } from '../contract.ts'

/** A course as the contract shows it, from the table aliased `course`; for hand-written and composed statements alike. */
export const courseColumns = [
  'course.id',
  'course.title',
  'course.code',
  'course.description',
  'course.locale',
  sql<
    Course['status']
  >`case when course.archived_at is not null then 'archived' when course.published_at is not null then 'published' else 'draft' end`.as(
    'status'
  ),
  'course.starts_at as startsAt',
  'course.ends_at as endsAt',
  sql<string | null>`'/api/v1/courses/' || course.id || '/cover?fileId=' || course.cover_file_id`.as('coverUrl'),
  'course.cover_file_id as coverFileId',
  'course.color',
  'course.published_at as publishedAt',
  'course.deleted_at as deletedAt',
  'course.version',
  'course.outline_version as outlineVersion'
] as const
