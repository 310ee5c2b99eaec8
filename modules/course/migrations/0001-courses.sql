-- phase: expand

-- up
create schema course;
grant usage on schema course to lyceum_course;

-- Names of people as this module last heard them, so that a list of learners needs no question to another module.
create table course.person (
  tenant_id uuid not null default platform.tenant_id(),
  user_id uuid not null,
  name text not null,
  email text not null,
  active boolean not null,
  primary key (tenant_id, user_id)
);

create table course.course (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  title text not null,
  code text,
  description text not null default '',
  locale text,
  color text not null,
  cover_file_id uuid,
  starts_at timestamptz,
  ends_at timestamptz,
  published_at timestamptz,
  published_by uuid,
  archived_at timestamptz,
  archived_by uuid,
  deleted_at timestamptz,
  deleted_by uuid,
  created_at timestamptz not null,
  created_by uuid,
  version integer not null default 1,
  outline_version integer not null default 1,
  -- Published items that ask for completion, and their minutes: kept with every edit of the outline.
  required_items integer not null default 0,
  required_minutes integer not null default 0,
  primary key (tenant_id, id)
);
create index course_by_title on course.course (tenant_id, lower(title), id) where deleted_at is null;

create table course.unit (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  course_id uuid not null,
  title text not null,
  -- Fractional key: moving one unit rewrites one row.
  rank text collate "C" not null,
  opens_at timestamptz,
  requires uuid[] not null default '{}',
  deleted_at timestamptz,
  version integer not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, course_id) references course.course
);
create index unit_in_order on course.unit (tenant_id, course_id, rank) where deleted_at is null;

create table course.item (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  course_id uuid not null,
  unit_id uuid not null,
  kind text not null check (kind in ('page', 'video', 'file', 'link', 'heading')),
  title text not null,
  rank text collate "C" not null,
  minutes integer,
  published boolean not null default true,
  completion jsonb not null,
  opens_at timestamptz,
  due_at timestamptz,
  requires uuid[] not null default '{}',
  file_id uuid,
  url text,
  note text,
  captions jsonb not null default '[]',
  -- A page's text: sanitised HTML whose files are addressed as `file:<id>` and pages as `item:<id>`.
  html text,
  html_version integer not null default 1,
  html_saved_at timestamptz,
  html_saved_by uuid,
  -- The files `html` addresses, so that their signed addresses can be asked for before the page is read.
  html_files uuid[] not null default '{}',
  deleted_at timestamptz,
  version integer not null default 1,
  -- What progress counts and prerequisites wait for. Removing a unit removes its items, so this needs no look at it.
  required boolean not null generated always as
    (published and deleted_at is null and kind <> 'heading' and completion ->> 'kind' <> 'none') stored,
  primary key (tenant_id, id),
  foreign key (tenant_id, course_id) references course.course,
  foreign key (tenant_id, unit_id) references course.unit
);
create index item_in_order on course.item (tenant_id, course_id, unit_id, rank) where deleted_at is null;
create index item_by_due on course.item (tenant_id, course_id, due_at) where required and due_at is not null;

create table course.page_revision (
  tenant_id uuid not null default platform.tenant_id(),
  item_id uuid not null,
  version integer not null,
  html text not null,
  -- A sitting of one author is one revision: when it began, and its last save.
  begun_at timestamptz not null,
  saved_at timestamptz not null,
  saved_by uuid,
  primary key (tenant_id, item_id, version),
  foreign key (tenant_id, item_id) references course.item
);

create table course.enrolment (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  course_id uuid not null,
  user_id uuid not null,
  role text not null check (role in ('teacher', 'assistant', 'learner', 'observer')),
  -- For observers: the learners they may follow.
  observes uuid[] not null default '{}',
  enrolled_at timestamptz not null,
  enrolled_by uuid,
  ended_at timestamptz,
  -- What the dashboard shows, kept with every report of progress.
  last_seen_at timestamptz,
  last_item_id uuid,
  completed_items integer not null default 0,
  completed_minutes integer not null default 0,
  completed_at timestamptz,
  -- Where “Continue” leads as of the last report, good until the next thing opens by date. Null has to be worked out:
  -- before the first report, and after every edit of the outline.
  next_item_id uuid,
  next_item_until timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, course_id) references course.course
);
create unique index enrolment_once on course.enrolment (tenant_id, course_id, user_id);
create index enrolment_of_person on course.enrolment (tenant_id, user_id) where ended_at is null;
create index enrolment_of_teacher on course.enrolment (tenant_id, course_id) where role = 'teacher' and ended_at is null;
create index enrolment_of_learner on course.enrolment (tenant_id, course_id) where role = 'learner' and ended_at is null;

create table course.progress (
  tenant_id uuid not null default platform.tenant_id(),
  course_id uuid not null,
  user_id uuid not null,
  item_id uuid not null,
  opened_at timestamptz,
  completed_at timestamptz,
  marked_done boolean not null default false,
  seconds integer not null default 0,
  watched jsonb not null default '[]',
  watched_percent integer not null default 0,
  position jsonb,
  updated_at timestamptz not null,
  -- When the completion was told to the other modules: once, however often somebody changes their mind.
  announced_at timestamptz,
  primary key (tenant_id, course_id, user_id, item_id),
  foreign key (tenant_id, course_id) references course.course
);
create index progress_of_item on course.progress (tenant_id, item_id);

-- Seconds of one visit, reported as a growing total: sending the same report twice adds nothing.
create table course.visit (
  tenant_id uuid not null default platform.tenant_id(),
  user_id uuid not null,
  item_id uuid not null,
  id uuid not null,
  seconds integer not null,
  updated_at timestamptz not null,
  primary key (tenant_id, user_id, item_id, id)
);

create table course.join_link (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  course_id uuid not null,
  token text not null,
  role text not null check (role in ('teacher', 'assistant', 'learner', 'observer')),
  expires_at timestamptz,
  max_uses integer,
  uses integer not null default 0,
  created_at timestamptz not null,
  created_by uuid,
  deleted_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, course_id) references course.course
);
create unique index join_link_token on course.join_link (tenant_id, token);
create index join_link_of_course on course.join_link (tenant_id, course_id) where deleted_at is null;

create table course.people_import (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  course_id uuid,
  file_name text not null,
  state text not null check (state in ('checking', 'checked', 'committing', 'committed', 'undoing', 'undone', 'failed')),
  message text,
  created_at timestamptz not null,
  created_by uuid,
  primary key (tenant_id, id)
);
create table course.people_import_row (
  tenant_id uuid not null default platform.tenant_id(),
  import_id uuid not null,
  row integer not null,
  name text not null,
  email text not null,
  role text not null,
  course text not null,
  course_id uuid,
  outcome text not null check (outcome in ('create', 'enrol', 'unchanged', 'error', 'done', 'undone', 'failed')),
  errors jsonb not null default '[]',
  -- What committing this row did, for undo.
  user_id uuid,
  created_account boolean not null default false,
  enrolment_id uuid,
  primary key (tenant_id, import_id, row),
  foreign key (tenant_id, import_id) references course.people_import
);
create index people_import_outcome on course.people_import_row (tenant_id, import_id, outcome, row);

create table course.course_import (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  file_id uuid not null,
  file_name text not null,
  title text,
  state text not null check (state in ('waiting', 'reading', 'storing', 'done', 'failed')),
  course_id uuid,
  units integer not null default 0,
  items integer not null default 0,
  assets integer not null default 0,
  warnings jsonb not null default '[]',
  error jsonb,
  created_at timestamptz not null,
  created_by uuid,
  primary key (tenant_id, id)
);

call platform.guard('course.person', 'lyceum_course');
call platform.guard('course.course', 'lyceum_course');
call platform.guard('course.unit', 'lyceum_course');
call platform.guard('course.item', 'lyceum_course');
call platform.guard('course.page_revision', 'lyceum_course');
call platform.guard('course.enrolment', 'lyceum_course');
call platform.guard('course.progress', 'lyceum_course');
call platform.guard('course.visit', 'lyceum_course');
call platform.guard('course.join_link', 'lyceum_course');
call platform.guard('course.people_import', 'lyceum_course');
call platform.guard('course.people_import_row', 'lyceum_course');
call platform.guard('course.course_import', 'lyceum_course');

-- down
drop schema course cascade;
