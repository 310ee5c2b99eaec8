-- phase: expand

-- up
-- What people asked for and what failed, for the error budget: five minutes a row, for a month. Belongs to no school.
create table platform.request_count (
  slot timestamptz not null,
  release text not null,
  requests bigint not null check (requests >= 0),
  -- Answered with 500 and above.
  errors bigint not null check (errors between 0 and requests),
  primary key (slot, release)
);
alter table platform.request_count enable row level security;
create policy installation on platform.request_count to lyceum_installation using (true);
grant select, insert, update, delete on platform.request_count to lyceum_installation;

-- down
drop table platform.request_count;
