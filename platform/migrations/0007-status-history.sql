-- phase: expand

-- up
-- How each part of the installation did, by half hours, for two days. Belongs to no school.
create table platform.status_history (
  slot timestamptz not null,
  part text not null,
  -- How often it was looked at, and found so.
  looks integer not null check (looks > 0),
  degraded integer not null check (degraded >= 0),
  away integer not null check (away >= 0),
  primary key (slot, part),
  check (degraded + away <= looks)
);
alter table platform.status_history enable row level security;
create policy installation on platform.status_history to lyceum_installation using (true);
grant select, insert, update, delete on platform.status_history to lyceum_installation;

-- down
drop table platform.status_history;
