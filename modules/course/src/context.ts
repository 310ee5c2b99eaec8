import type { Input, OperationName } from '@lyceum/platform/contract'
import type { Context, JobContext, Steps } from '@lyceum/platform/module'
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { CalendarKind, CompletionRule, courseContract, EnrolmentRole, ItemKind, Position } from './contract.ts'

/** An instant: ISO 8601 when read, a Date or ISO text when written. */
type At = ColumnType<string, Date | string, Date | string>
/** A day of the calendar; the driver would make an instant of it, so it is read as text (`select-entries.ts`). */
type Day = ColumnType<never, string, string>
type MaybeAt = ColumnType<string | null, Date | string | null | undefined, Date | string | null>
type Json<Value extends object> = JSONColumnType<Value, string | undefined, string>
type MaybeJson<Value extends object> = ColumnType<Value | null, string | null | undefined, string | null>

export interface Tables {
  'course.person': { user_id: string; name: string; email: string; active: boolean }
  'course.course': {
    id: string
    title: string
    code: string | null
    description: Generated<string>
    locale: string | null
    color: string
    cover_file_id: string | null
    starts_at: MaybeAt
    ends_at: MaybeAt
    published_at: MaybeAt
    published_by: string | null
    archived_at: MaybeAt
    archived_by: string | null
    deleted_at: MaybeAt
    deleted_by: string | null
    created_at: At
    created_by: string | null
    version: Generated<number>
    outline_version: Generated<number>
    required_items: Generated<number>
    required_minutes: Generated<number>
  }
  'course.unit': {
    id: string
    course_id: string
    title: string
    rank: string
    opens_at: MaybeAt
    requires: Generated<string[]>
    deleted_at: MaybeAt
    version: Generated<number>
  }
  'course.item': {
    id: string
    course_id: string
    unit_id: string
    kind: ItemKind
    title: string
    rank: string
    minutes: number | null
    published: Generated<boolean>
    completion: JSONColumnType<CompletionRule, string, string>
    opens_at: MaybeAt
    due_at: MaybeAt
    requires: Generated<string[]>
    file_id: string | null
    url: string | null
    note: string | null
    captions: Json<{ fileId: string; locale: string; label: string }[]>
    html: string | null
    html_version: Generated<number>
    html_saved_at: MaybeAt
    html_saved_by: string | null
    html_files: Generated<string[]>
    deleted_at: MaybeAt
    version: Generated<number>
    required: GeneratedAlways<boolean>
  }
  'course.page_revision': {
    item_id: string
    version: number
    html: string
    begun_at: At
    saved_at: At
    saved_by: string | null
  }
  'course.enrolment': {
    id: string
    course_id: string
    user_id: string
    role: EnrolmentRole
    observes: Generated<string[]>
    enrolled_at: At
    enrolled_by: string | null
    ended_at: MaybeAt
    last_seen_at: MaybeAt
    last_item_id: string | null
    completed_items: Generated<number>
    completed_minutes: Generated<number>
    completed_at: MaybeAt
    next_item_id: string | null
    next_item_until: MaybeAt
  }
  'course.progress': {
    course_id: string
    user_id: string
    item_id: string
    opened_at: MaybeAt
    completed_at: MaybeAt
    marked_done: Generated<boolean>
    seconds: Generated<number>
    watched: Json<[number, number][]>
    watched_percent: Generated<number>
    position: MaybeJson<Position>
    updated_at: At
    announced_at: MaybeAt
  }
  'course.visit': { user_id: string; item_id: string; id: string; seconds: number; updated_at: At }
  'course.join_link': {
    id: string
    course_id: string
    token: string
    role: EnrolmentRole
    expires_at: MaybeAt
    max_uses: number | null
    uses: Generated<number>
    created_at: At
    created_by: string | null
    deleted_at: MaybeAt
  }
  'course.people_import': {
    id: string
    course_id: string | null
    file_name: string
    state: 'checking' | 'checked' | 'committing' | 'committed' | 'undoing' | 'undone' | 'failed'
    message: string | null
    created_at: At
    created_by: string | null
  }
  'course.people_import_row': {
    import_id: string
    row: number
    name: string
    email: string
    role: string
    course: string
    course_id: string | null
    outcome: 'create' | 'enrol' | 'unchanged' | 'error' | 'done' | 'undone' | 'failed'
    errors: Json<{ column: string; code: string; message: string }[]>
    user_id: string | null
    created_account: Generated<boolean>
    enrolment_id: string | null
  }
  'course.course_import': {
    id: string
    file_id: string
    file_name: string
    title: string | null
    state: 'waiting' | 'reading' | 'storing' | 'done' | 'failed'
    course_id: string | null
    units: Generated<number>
    items: Generated<number>
    assets: Generated<number>
    warnings: Json<{ code: string; path?: string; message: string }[]>
    error: MaybeJson<{ code: string; message: string }>
    created_at: At
    created_by: string | null
  }
  'course.calendar_entry': {
    id: string
    kind: CalendarKind
    title: string
    starts_on: Day
    ends_on: Day
    start_time: string | null
    end_time: string | null
    freezes: boolean
    margin_hours: number
    no_exams: Generated<boolean>
    import_uid: string | null
    import_part: string | null
    created_at: At
    created_by: string | null
    changed_at: At
    changed_by: string | null
    deleted_at: MaybeAt
    version: Generated<number>
  }
  'course.calendar_feed': { token: string; created_at: At; created_by: string | null }
}

export type CourseContext = Context<Tables>
export type CourseSteps = Steps<Tables>
export type CourseJob = JobContext<Tables>
export type Given<K extends OperationName<typeof courseContract>> = Input<typeof courseContract, K>
