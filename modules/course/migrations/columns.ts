import type { Columns } from '@lyceum/platform/column-policy'
import { count, derived, flag, id, instant, json, kept, replaced, text, word } from '@lyceum/platform/column-policy'

const look = kept('a colour or a language')
const order = kept('says in which order things stand')
const day = kept('a day or an hour of a calendar')
const part = kept('seconds of a film, or a place on a page')

/** What every column of this module is, for copies that nobody may be found in. */
export const columns: Columns = {
  'course.person': {
    columns: { tenant_id: id, user_id: id, name: replaced('name'), email: replaced('email'), active: flag }
  },
  'course.course': {
    columns: {
      tenant_id: id,
      id,
      title: text,
      code: text,
      description: text,
      locale: look,
      color: look,
      cover_file_id: id,
      starts_at: instant,
      ends_at: instant,
      published_at: instant,
      published_by: id,
      archived_at: instant,
      archived_by: id,
      deleted_at: instant,
      deleted_by: id,
      created_at: instant,
      created_by: id,
      version: count,
      outline_version: count,
      required_items: count,
      required_minutes: count
    }
  },
  'course.unit': {
    columns: {
      tenant_id: id,
      id,
      course_id: id,
      title: text,
      rank: order,
      opens_at: instant,
      requires: id,
      deleted_at: instant,
      version: count
    }
  },
  'course.item': {
    columns: {
      tenant_id: id,
      id,
      course_id: id,
      unit_id: id,
      kind: word,
      title: text,
      rank: order,
      minutes: count,
      published: flag,
      completion: json({ kind: word, seconds: count, percent: count }),
      opens_at: instant,
      due_at: instant,
      requires: id,
      file_id: id,
      url: replaced('url'),
      note: text,
      captions: json({ fileId: id, locale: look, label: text }),
      html: replaced('html'),
      html_version: count,
      html_saved_at: instant,
      html_saved_by: id,
      html_files: id,
      deleted_at: instant,
      version: count,
      required: derived('PostgreSQL writes it')
    }
  },
  'course.page_revision': {
    columns: {
      tenant_id: id,
      item_id: id,
      version: count,
      html: replaced('html'),
      begun_at: instant,
      saved_at: instant,
      saved_by: id
    }
  },
  'course.enrolment': {
    columns: {
      tenant_id: id,
      id,
      course_id: id,
      user_id: id,
      role: word,
      observes: id,
      enrolled_at: instant,
      enrolled_by: id,
      ended_at: instant,
      last_seen_at: instant,
      last_item_id: id,
      completed_items: count,
      completed_minutes: count,
      completed_at: instant,
      next_item_id: id,
      next_item_until: instant
    }
  },
  'course.progress': {
    columns: {
      tenant_id: id,
      course_id: id,
      user_id: id,
      item_id: id,
      opened_at: instant,
      completed_at: instant,
      marked_done: flag,
      seconds: count,
      watched: json({ '': part }),
      watched_percent: count,
      position: json({ block: part, offset: part, seconds: part }),
      updated_at: instant,
      announced_at: instant
    }
  },
  'course.visit': { columns: { tenant_id: id, user_id: id, item_id: id, id, seconds: count, updated_at: instant } },
  'course.join_link': {
    columns: {
      tenant_id: id,
      id,
      course_id: id,
      token: replaced('token'),
      role: word,
      expires_at: instant,
      max_uses: count,
      uses: count,
      created_at: instant,
      created_by: id,
      deleted_at: instant
    }
  },
  'course.people_import': {
    columns: {
      tenant_id: id,
      id,
      course_id: id,
      file_name: replaced('file-name'),
      state: word,
      message: text,
      created_at: instant,
      created_by: id
    }
  },
  'course.people_import_row': {
    columns: {
      tenant_id: id,
      import_id: id,
      row: count,
      name: replaced('name'),
      email: replaced('email'),
      // As somebody typed it: anything may stand there.
      role: text,
      course: text,
      course_id: id,
      outcome: word,
      errors: json({ column: word, code: word }),
      user_id: id,
      created_account: flag,
      enrolment_id: id
    }
  },
  'course.course_import': {
    columns: {
      tenant_id: id,
      id,
      file_id: id,
      file_name: replaced('file-name'),
      title: text,
      state: word,
      course_id: id,
      units: count,
      items: count,
      assets: count,
      warnings: json({ code: word }),
      error: json({ code: word }),
      created_at: instant,
      created_by: id
    }
  },
  'course.calendar_entry': {
    columns: {
      tenant_id: id,
      id,
      kind: word,
      title: text,
      starts_on: day,
      ends_on: day,
      start_time: day,
      end_time: day,
      freezes: flag,
      margin_hours: count,
      no_exams: flag,
      import_uid: replaced('token'),
      import_part: replaced('token'),
      created_at: instant,
      created_by: id,
      changed_at: instant,
      changed_by: id,
      deleted_at: instant,
      version: count
    }
  },
  'course.calendar_feed': {
    columns: { tenant_id: id, token: replaced('token'), created_at: instant, created_by: id }
  }
}
