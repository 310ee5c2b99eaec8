-- phase: expand

-- up
-- When the whole installation is closed to people, or will be. One row, or none.
create table platform.maintenance (
  singleton boolean primary key default true check (singleton),
  starts_at timestamptz not null,
  -- What people are told; it does not end by itself.
  until timestamptz check (until > starts_at),
  message text not null,
  retry_after integer not null check (retry_after > 0),
  ordered_by text not null
);
alter table platform.maintenance enable row level security;
create policy installation_reads on platform.maintenance for select to lyceum_installation using (true);
grant select on platform.maintenance to lyceum_installation;

-- down
drop table platform.maintenance;
