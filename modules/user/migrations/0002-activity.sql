-- phase: expand

-- up
-- How many people were there in each hour: a number, no names. Which hours of the week are quiet is read from it.
create table "user".activity_hour (
  tenant_id uuid not null default platform.tenant_id(),
  hour timestamptz not null,
  people integer not null,
  primary key (tenant_id, hour)
);
call platform.guard('"user".activity_hour', 'lyceum_user');
create policy installation on "user".activity_hour to lyceum_installation using (true);
grant select, insert, update, delete on "user".activity_hour to lyceum_installation;

-- down
drop table "user".activity_hour;
