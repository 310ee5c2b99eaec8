import { columns as course } from '@lyceum/course/columns'
import { columns as file } from '@lyceum/file/columns'
import { columns as notification } from '@lyceum/notification/columns'
import type { Columns } from '@lyceum/platform/column-policy'
import { columns as platform } from '@lyceum/platform/columns'
import { columns as user } from '@lyceum/user/columns'

/** What every column of this release is, and what takes its place in a copy that nobody may be found in. */
export const allColumns: Columns = { ...platform, ...user, ...file, ...course, ...notification }

/** Files that belong to courses and to the look of schools rather than to people, as SQL that finds their ids. */
export const COURSE_MEDIA = `
  select cover_file_id as id from course.course
  union select file_id from course.item
  union select unnest(html_files) from course.item
  union select (caption ->> 'fileId')::uuid from course.item, jsonb_array_elements(captions) caption
  union select logo_file_id from "user".tenant`
