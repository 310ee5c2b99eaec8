-- Written by `lyceum config render` from deployment.yaml; change that and render again.
-- Once, as a superuser, in the product's database: what the role of DATABASE_URL needs beyond its own tables.
alter role lyceum bypassrls;
grant execute on function pg_create_restore_point(text), pg_switch_wal(), pg_control_system(), pg_read_binary_file(text) to lyceum;
grant pg_read_all_stats to lyceum;
