-- phase: expand

-- up
-- Made for trying a release out, and removed again; lists and reports leave such schools out.
alter table "user".tenant add column synthetic boolean not null default false;

-- down
alter table "user".tenant drop column synthetic;
