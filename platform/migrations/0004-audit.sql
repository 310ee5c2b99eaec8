-- phase: expand

-- up
-- What people did to the installation, each row sealed with the one before it. Belongs to no school: it is above them.
create table platform.audit (
  seq bigint primary key check (seq > 0),
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  details jsonb not null,
  -- Hash of the row before; sixty-four zeros before the first.
  previous text not null,
  -- SHA-256 of everything above as canonical JSON.
  hash text not null unique
);
alter table platform.audit enable row level security;
create policy installation_reads on platform.audit for select to lyceum_installation using (true);
create policy installation_adds on platform.audit for insert to lyceum_installation with check (true);
-- Nobody who runs the product may change or remove what was written.
grant select, insert on platform.audit to lyceum_installation;

-- down
drop table platform.audit;
