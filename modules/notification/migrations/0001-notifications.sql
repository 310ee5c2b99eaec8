-- phase: expand

-- up
create schema notification;
grant usage on schema notification to lyceum_notification;

create table notification.notification (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  user_id uuid not null,
  kind text not null check (kind in ('enrolled', 'course-completed')),
  -- Facts such as the course's title; the screen words them in the reader's language.
  "values" jsonb not null,
  link text,
  created_at timestamptz not null,
  read_at timestamptz,
  primary key (tenant_id, id)
);
create index notification_of_person on notification.notification (tenant_id, user_id, id desc);
create index notification_unread on notification.notification (tenant_id, user_id, id) where read_at is null;
create index notification_read_age on notification.notification (tenant_id, created_at) where read_at is not null;

create table notification.mail (
  tenant_id uuid not null default platform.tenant_id(),
  -- Also the left part of the Message-ID, so that a message sent twice after a crash can be told to be one.
  id uuid not null,
  template text not null,
  locale text not null,
  "to" text not null,
  name text not null,
  subject text not null,
  text text not null,
  html text,
  -- The secret address inside text and html; both it and the html go when the message has left.
  link text,
  link_expires_at timestamptz,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'held', 'failed')),
  error text,
  -- Until then the attempt under way owns the row.
  sending_until timestamptz,
  created_at timestamptz not null,
  sent_at timestamptz,
  primary key (tenant_id, id)
);
create index mail_by_state on notification.mail (tenant_id, state, id desc);
create index mail_age on notification.mail (tenant_id, created_at);

call platform.guard('notification.notification', 'lyceum_notification');
call platform.guard('notification.mail', 'lyceum_notification');

-- down
drop schema notification cascade;
