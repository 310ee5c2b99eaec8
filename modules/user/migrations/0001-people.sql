-- phase: expand

-- up
create schema "user";
grant usage on schema "user" to lyceum_user, lyceum_installation;

-- Schools. Not owned by a tenant: this is the list of tenants.
create table "user".tenant (
  id uuid primary key,
  slug text not null unique,
  name text not null,
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  primary_color text not null default '#1f5f5b',
  accent_color text not null default '#c2542d',
  logo_file_id uuid,
  self_sign_up boolean not null default false,
  suspended_at timestamptz,
  created_at timestamptz not null,
  version integer not null default 1
);
create table "user".tenant_host (
  host text primary key,
  tenant_id uuid not null references "user".tenant
);
create index tenant_host_of_tenant on "user".tenant_host (tenant_id);
alter table "user".tenant enable row level security;
alter table "user".tenant_host enable row level security;
create policy own on "user".tenant to lyceum_user using (id = platform.tenant_id());
create policy own on "user".tenant_host to lyceum_user using (tenant_id = platform.tenant_id());
create policy installation on "user".tenant to lyceum_installation using (true);
create policy installation on "user".tenant_host to lyceum_installation using (true);
grant select, update on "user".tenant to lyceum_user;
grant select on "user".tenant_host to lyceum_user;
grant select, insert, update, delete on "user".tenant, "user".tenant_host to lyceum_installation;

create table "user".person (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  name text not null,
  -- Case and accents folded, for sorting.
  name_key text collate "C" generated always as
    (lower(regexp_replace(normalize(name, nfkd), '[\u0300-\u036f\u064b-\u065f]', '', 'g'))) stored,
  email text not null,
  -- Case folded: one account per address.
  email_key text not null,
  email_verified_at timestamptz,
  password_hash text,
  role text not null check (role in ('administrator', 'teacher', 'assistant', 'learner', 'observer')),
  -- Stands above schools: may list and create them.
  operator boolean not null default false,
  locale text,
  time_zone text,
  -- Null until the invitation is accepted.
  activated_at timestamptz,
  deactivated_at timestamptz,
  last_active_at timestamptz,
  created_at timestamptz not null,
  version integer not null default 1,
  primary key (tenant_id, id)
);
create unique index person_email on "user".person (tenant_id, email_key);
create index person_by_name on "user".person (tenant_id, name_key, id);

-- The words somebody is found by: of the name and of the address, folded. Plain text compared bytewise, because row-level
-- security lets an index serve only operators that cannot leak (`<` can, `like` and `@@` cannot), and no extension is needed.
create table "user".person_word (
  tenant_id uuid not null default platform.tenant_id(),
  word text collate "C" not null,
  user_id uuid not null,
  primary key (tenant_id, word, user_id),
  foreign key (tenant_id, user_id) references "user".person on delete cascade
);
create index person_word_of_person on "user".person_word (tenant_id, user_id);

-- One device or program signed in. The refresh token is `<id>.<secret>`; only digests are kept.
create table "user".sign_in (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  user_id uuid not null,
  method text not null check (method in ('password', 'oidc', 'firebase', 'invitation', 'reset')),
  refresh_digest text not null,
  previous_digest text,
  rotated_at timestamptz not null,
  device text not null,
  address text not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  -- Whether the browser keeps the sign-in when it is closed.
  remembered boolean not null default true,
  ended_at timestamptz,
  ended_because text,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references "user".person on delete cascade
);
create index sign_in_of_person on "user".sign_in (tenant_id, user_id, created_at desc);

-- Access tokens that must not be believed any more although they have not expired: of one sign-in, or of a person up to
-- an instant. Every process keeps the whole list in memory; rows go when the tokens they name have expired anyway.
create table "user".revocation (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  user_id uuid not null,
  sign_in_id uuid,
  issued_before timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id)
);
create index revocation_age on "user".revocation (expires_at);

-- Links that prove who holds a mailbox: invitations, password resets, e-mail verification. Only digests are kept.
create table "user".secret_link (
  tenant_id uuid not null default platform.tenant_id(),
  digest text not null,
  user_id uuid not null,
  purpose text not null check (purpose in ('invitation', 'password-reset', 'email-verification')),
  created_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, digest),
  foreign key (tenant_id, user_id) references "user".person on delete cascade
);
create index secret_link_of_person on "user".secret_link (tenant_id, user_id, purpose);

-- Failed guesses per account and per address, as digests.
create table "user".throttle (
  tenant_id uuid not null default platform.tenant_id(),
  subject text not null,
  failures integer not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (tenant_id, subject)
);

create table "user".identity_provider (
  tenant_id uuid not null default platform.tenant_id(),
  id uuid not null,
  kind text not null check (kind in ('oidc', 'firebase')),
  name text not null,
  issuer text,
  client_id text,
  -- Sealed with the installation's secret.
  client_secret text,
  project_id text,
  create_accounts boolean not null default false,
  enabled boolean not null default true,
  created_at timestamptz not null,
  version integer not null default 1,
  primary key (tenant_id, id)
);

-- Which subject of which provider is which person.
create table "user".identity (
  tenant_id uuid not null default platform.tenant_id(),
  provider_id uuid not null,
  subject text not null,
  user_id uuid not null,
  created_at timestamptz not null,
  primary key (tenant_id, provider_id, subject),
  foreign key (tenant_id, provider_id) references "user".identity_provider on delete cascade,
  foreign key (tenant_id, user_id) references "user".person on delete cascade
);

create index identity_of_person on "user".identity (tenant_id, user_id);

-- A sign-in at a provider that is under way.
create table "user".provider_sign_in (
  tenant_id uuid not null default platform.tenant_id(),
  state_digest text not null,
  provider_id uuid not null,
  code_verifier text not null,
  nonce text not null,
  return_to text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, state_digest)
);

call platform.guard('"user".person', 'lyceum_user');
call platform.guard('"user".person_word', 'lyceum_user');
call platform.guard('"user".sign_in', 'lyceum_user');
call platform.guard('"user".revocation', 'lyceum_user');
call platform.guard('"user".secret_link', 'lyceum_user');
call platform.guard('"user".throttle', 'lyceum_user');
call platform.guard('"user".identity_provider', 'lyceum_user');
call platform.guard('"user".identity', 'lyceum_user');
call platform.guard('"user".provider_sign_in', 'lyceum_user');

create policy installation on "user".revocation to lyceum_installation using (true);
grant select, delete on "user".revocation to lyceum_installation;
-- The operator's list of schools counts their people and creates the first administrator through its own tenant's fence.
create policy installation on "user".person for select to lyceum_installation using (true);
grant select (tenant_id, id, last_active_at) on "user".person to lyceum_installation;

-- down
drop schema "user" cascade;
