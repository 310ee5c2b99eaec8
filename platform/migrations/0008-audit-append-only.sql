-- phase: expand

-- up
-- The product may only add rows, by its grants. Whoever owns the table could do more, by mistake: now they have to mean it.
create function platform.refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is added to and never changed.' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_only_added_to before update or delete on platform.audit
  for each row execute function platform.refuse_change_of_audit();
create trigger audit_is_never_emptied before truncate on platform.audit
  for each statement execute function platform.refuse_change_of_audit();
-- Also for whoever replays changes.
alter table platform.audit enable always trigger audit_is_only_added_to;
alter table platform.audit enable always trigger audit_is_never_emptied;

-- down
drop trigger audit_is_only_added_to on platform.audit;
drop trigger audit_is_never_emptied on platform.audit;
drop function platform.refuse_change_of_audit();
