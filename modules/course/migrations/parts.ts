import { ofTenant, type PartRules } from '@lyceum/platform/backup/part-rule'
import { afterGoingBack, keepPageAsRevision } from '../src/course/after-going-back.ts'

const person = { table: '"user".person', columns: { tenant_id: 'tenant_id', user_id: 'id' } }
const items = 'item_id in (select id from course.item where tenant_id = $1 and course_id = $2)'
/** What had been begun has nobody any more who would go on with it. */
const broken = (states: string): string => `case when state in (${states}) then 'failed' else state end`

/** What becomes of every table of this module when a school or a course comes back from a backup. */
export const parts: PartRules = {
  'course.person': ofTenant({
    of: {
      course: {
        where: 'user_id in (select user_id from course.enrolment where tenant_id = $1 and course_id = $2)',
        how: 'missing',
        needs: person
      }
    }
  }),
  'course.course': ofTenant({
    counts: ['version', 'outline_version'],
    // Counted again.
    keeps: ['required_items', 'required_minutes'],
    called: 'title',
    of: { course: { where: 'id = $2', how: 'root' } },
    finish: afterGoingBack
  }),
  'course.unit': ofTenant({
    counts: ['version'],
    called: 'title',
    of: { course: { where: 'course_id = $2', how: 'back', bin: 'deleted_at' } }
  }),
  'course.item': ofTenant({
    counts: ['version', 'html_version'],
    called: 'title',
    of: { course: { where: 'course_id = $2', how: 'back', bin: 'deleted_at' } },
    finish: keepPageAsRevision
  }),
  // What was saved since is looked at there.
  'course.page_revision': ofTenant({ of: { course: { where: items, how: 'missing' } } }),
  'course.enrolment': ofTenant({ of: { course: { where: 'course_id = $2', how: 'with-it', needs: person } } }),
  'course.progress': ofTenant({ of: { course: { where: 'course_id = $2', how: 'with-it', needs: person } } }),
  'course.visit': ofTenant({ of: { course: { where: items, how: 'with-it', needs: person } } }),
  'course.join_link': ofTenant({
    // One that was closed stays closed.
    keeps: ['deleted_at'],
    of: { course: { where: 'course_id = $2', how: 'with-it' } }
  }),
  'course.people_import': ofTenant({
    called: 'file_name',
    as: { state: broken(`'checking', 'committing', 'undoing'`) }
  }),
  'course.people_import_row': ofTenant(),
  'course.course_import': ofTenant({
    called: 'file_name',
    as: { state: broken(`'waiting', 'reading', 'storing'`) }
  }),
  'course.calendar_entry': ofTenant({ counts: ['version'], called: 'title' }),
  'course.calendar_feed': ofTenant({
    with: {
      table: '"user".tenant',
      columns: { tenant_id: 'id' },
      why: 'a secret address: one that was replaced or taken away must not open anything again'
    }
  })
}

/** Files that a course names, as SQL that finds their ids; `$1` is the school, `$2` the course. */
export const COURSE_FILES = `
  select cover_file_id as id from course.course where tenant_id = $1 and id = $2
  union select file_id from course.item where tenant_id = $1 and course_id = $2
  union select unnest(html_files) from course.item where tenant_id = $1 and course_id = $2
  union select (caption ->> 'fileId')::uuid from course.item, jsonb_array_elements(captions) caption where tenant_id = $1 and course_id = $2
  union select found[1]::uuid from course.page_revision, regexp_matches(html, '(?:src|href)="file:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"', 'g') found
    where tenant_id = $1 and ${items}`
