-- phase: expand

-- up
-- Who must stay on a release, and until when: a release runs on while somebody is pinned to it.
create table platform.pin (
  tenant_id uuid not null default platform.tenant_id(),
  user_id uuid not null,
  reason text not null,
  release text not null,
  until timestamptz not null,
  primary key (tenant_id, user_id, reason)
);
create index pin_of_release on platform.pin (release, until);

alter table platform.pin enable row level security;
create policy installation on platform.pin to lyceum_installation using (true);
grant select on platform.pin to lyceum_installation;
do $$
declare
  module_role text;
begin
  foreach module_role in array array['lyceum_system', 'lyceum_user', 'lyceum_course', 'lyceum_file', 'lyceum_notification'] loop
    execute format('create policy %I on platform.pin to %I using (tenant_id = platform.tenant_id())', module_role, module_role);
    execute format('grant select, insert, update, delete on platform.pin to %I', module_role);
  end loop;
end $$;

-- down
drop table platform.pin;
