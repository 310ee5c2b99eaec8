-- phase: expand

-- up
-- How large each table was on a day, taken once a day, for what grows and when a disk is full. Belongs to no school.
create table platform.table_size (
  day date not null,
  -- With schema, as PostgreSQL writes it.
  name text not null,
  -- As PostgreSQL estimates them.
  rows bigint not null,
  -- With indexes and what was moved out of the table.
  bytes bigint not null,
  primary key (day, name)
);
alter table platform.table_size enable row level security;
create policy installation on platform.table_size to lyceum_installation using (true);
grant select, insert, update, delete on platform.table_size to lyceum_installation;

-- down
drop table platform.table_size;
