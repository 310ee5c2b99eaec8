-- phase: expand

-- up
create schema file;
grant usage on schema file to lyceum_file;

create table file.file (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  name text not null,
  -- Everything the bytes tell is known once they are whole.
  media_type text not null default 'application/octet-stream',
  size bigint not null,
  sha256 text not null default '',
  key text,
  -- Holds script (an SVG may): never shown in place.
  scripted boolean not null default false,
  width integer,
  height integer,
  state text not null check (state in ('receiving', 'ready', 'quarantined')),
  reason text,
  -- Whole and durable; still 'receiving' while the virus scanner owes an answer.
  received_at timestamptz,
  created_at timestamptz not null,
  created_by uuid,
  deleted_at timestamptz,
  deleted_by uuid,
  primary key (tenant_id, id)
);
create index file_by_key on file.file (tenant_id, key) where deleted_at is null;
create index file_size on file.file (tenant_id) include (size) where deleted_at is null;

-- Smaller pictures made from a picture, by the picture's digest.
create table file.rendition (
  tenant_id uuid not null default platform.tenant_id(),
  sha256 text not null,
  variant text not null check (variant in ('w320', 'w640', 'w1280')),
  -- Null where the picture is served as it is: animated, broken, too large to open.
  key text,
  created_at timestamptz not null,
  primary key (tenant_id, sha256, variant)
);
create index rendition_by_key on file.rendition (tenant_id, key);

call platform.guard('file.file', 'lyceum_file');
call platform.guard('file.rendition', 'lyceum_file');

-- down
drop schema file cascade;
