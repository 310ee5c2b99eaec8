-- phase: expand

-- up
-- What came of restoring backups for trial: a row for each. Belongs to no school.
create table platform.backup_proof (
  id uuid primary key,
  set_id uuid not null,
  -- The state that the set holds.
  set_at timestamptz not null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  verdict text not null check (verdict in ('proven', 'differs', 'failed')),
  -- What a loss then would have cost, and how long coming back took; null where it did not come so far.
  rpo_seconds integer check (rpo_seconds >= 0),
  rto_seconds integer check (rto_seconds >= 0),
  rows_compared bigint not null check (rows_compared >= 0),
  files_compared integer not null check (files_compared >= 0),
  differences integer not null check (differences >= 0),
  why text,
  check ((verdict = 'proven') = (why is null))
);
create index backup_proof_finished on platform.backup_proof (finished_at);
alter table platform.backup_proof enable row level security;
create policy installation on platform.backup_proof to lyceum_installation using (true);
grant select, insert, delete on platform.backup_proof to lyceum_installation;

-- down
drop table platform.backup_proof;
