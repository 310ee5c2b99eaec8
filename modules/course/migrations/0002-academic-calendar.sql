-- phase: expand

-- up
-- Terms, exam periods, holidays and events of a school, in the school's own days and hours: what an instant they are
-- follows from the school's time zone when somebody asks.
create table course.calendar_entry (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  kind text not null check (kind in ('term', 'exam-period', 'holiday', 'event')),
  title text not null,
  starts_on date not null,
  -- The last day, which belongs to it.
  ends_on date not null,
  -- Both or neither: without them the entry is of whole days.
  start_time time(0),
  end_time time(0),
  -- Whether releases are held while it lasts, and for how many hours before.
  freezes boolean not null,
  margin_hours integer not null check (margin_hours between 0 and 336),
  -- For terms: an administrator said that there are no exam periods in it.
  no_exams boolean not null default false,
  -- Which event of an imported file this is; importing it again changes this row.
  import_uid text,
  import_part text,
  created_at timestamptz not null,
  created_by uuid,
  changed_at timestamptz not null,
  changed_by uuid,
  deleted_at timestamptz,
  version integer not null default 1,
  primary key (tenant_id, id),
  check ((start_time is null) = (end_time is null)),
  check (ends_on > starts_on or (ends_on = starts_on and (start_time is null or end_time > start_time))),
  check ((import_uid is null) = (import_part is null))
);
create index calendar_entry_by_day on course.calendar_entry (tenant_id, starts_on, id) where deleted_at is null;
create unique index calendar_entry_import on course.calendar_entry (tenant_id, import_uid, import_part)
  where import_uid is not null;

-- The link under which calendars of other programs read a school's entries; at most one, good until it is replaced.
create table course.calendar_feed (
  tenant_id uuid not null default platform.tenant_id(),
  token text not null,
  created_at timestamptz not null,
  created_by uuid,
  primary key (tenant_id)
);

call platform.guard('course.calendar_entry', 'lyceum_course');
call platform.guard('course.calendar_feed', 'lyceum_course');

-- down
drop table course.calendar_feed;
drop table course.calendar_entry;
