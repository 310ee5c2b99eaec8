-- phase: expand

-- up
-- Roles belong to the whole server, so they may already be there for another database of it.
do $$
declare
  name text;
begin
  foreach name in array array['lyceum_app', 'lyceum_jobs'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I login noinherit', name);
    end if;
  end loop;
  foreach name in array array['lyceum_installation', 'lyceum_system', 'lyceum_user', 'lyceum_course', 'lyceum_file', 'lyceum_notification'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I nologin', name);
    end if;
    execute format('grant %I to lyceum_app', name);
  end loop;
end $$;

create schema platform;
grant usage on schema platform to lyceum_app, lyceum_installation, lyceum_system, lyceum_user, lyceum_course, lyceum_file, lyceum_notification;

-- No second argument to current_setting: forgetting the tenant is an error, never an empty answer.
create function platform.tenant_id() returns uuid
  stable language sql as $$ select current_setting('app.tenant_id')::uuid $$;

-- Fences a table by tenant, and opens it to one module's role.
create procedure platform.guard(guarded regclass, module_role text) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', guarded);
  -- Through a subquery, so that the tenant is asked for once and not for every row.
  execute format('create policy tenant on %s to %I using (tenant_id = (select platform.tenant_id()))', guarded, module_role);
  execute format('grant select, insert, update, delete on %s to %I', guarded, module_role);
end $$;

-- What happened, written in the transaction that made it happen; the relay hands it on.
create table platform.outbox (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid primary key,
  name text not null,
  payload jsonb not null,
  occurred_at timestamptz not null,
  relayed_at timestamptz
);
create index outbox_unrelayed on platform.outbox (id) where relayed_at is null;
create index outbox_of_tenant on platform.outbox (tenant_id, id desc);

-- Which subscriber has handled which event: written in the reaction's own transaction, so that it happens once.
create table platform.inbox (
  tenant_id uuid not null default platform.tenant_id(),
  event_id uuid not null,
  subscriber text not null,
  handled_at timestamptz not null,
  primary key (event_id, subscriber)
);

-- The answer to a creating request, kept so that sending it again does not create twice.
create table platform.idempotency (
  tenant_id uuid not null default platform.tenant_id(),
  caller_id uuid not null,
  key text not null,
  fingerprint text not null,
  answer jsonb,
  created_at timestamptz not null,
  primary key (tenant_id, caller_id, key)
);
create index idempotency_age on platform.idempotency (created_at);

do $$
declare
  guarded text;
  module_role text;
begin
  foreach guarded in array array['platform.outbox', 'platform.inbox', 'platform.idempotency'] loop
    execute format('alter table %s enable row level security', guarded);
    execute format('create policy installation on %s to lyceum_installation using (true)', guarded);
    execute format('grant select, update, delete on %s to lyceum_installation', guarded);
    foreach module_role in array array['lyceum_system', 'lyceum_user', 'lyceum_course', 'lyceum_file', 'lyceum_notification'] loop
      execute format('create policy %I on %s to %I using (tenant_id = platform.tenant_id())', module_role, guarded, module_role);
      execute format('grant select, insert, update on %s to %I', guarded, module_role);
    end loop;
  end loop;
end $$;

-- Puts a job in the queue from inside any module's transaction. The queue's own tables stay closed to modules.
create function platform.enqueue(task text, payload json, run_at timestamptz, max_attempts integer, job_key text)
  returns void language sql security definer set search_path = pg_catalog as $$
  select graphile_worker.add_job(task, payload, run_at => run_at, max_attempts => max_attempts, job_key => job_key)
$$;
revoke execute on function platform.enqueue from public;
grant execute on function platform.enqueue to lyceum_installation, lyceum_system, lyceum_user, lyceum_course, lyceum_file, lyceum_notification;

-- down
drop schema platform cascade;
