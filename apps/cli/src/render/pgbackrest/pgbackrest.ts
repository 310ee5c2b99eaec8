import type { Deployment } from '../deployment.ts'
import { type RenderedFile, textFile } from '../rendered-file.ts'

/** What pgBackRest, PostgreSQL and the role of the product need for backups; secrets are named, and stay out. Written to pgBackRest 2.45. */
export const renderPgBackRest = ({ s3, backups: { data, folder, bucket } }: Deployment): RenderedFile[] => [
  textFile(
    'pgbackrest/pgbackrest.conf',
    `# /etc/pgbackrest/pgbackrest.conf on the machine of PostgreSQL, and where Lyceum runs its backups.
# Secrets stand beside it in /etc/pgbackrest/conf.d/secrets.conf, readable by postgres alone. Copies of the two cipher keys
# belong elsewhere: without them these backups are lost.
#   [global]
#   repo1-cipher-pass=
#   repo2-cipher-pass=
#   repo2-s3-key=
#   repo2-s3-key-secret=
[global]
repo1-path=${folder}
repo1-cipher-type=aes-256-cbc
repo1-retention-full-type=time
repo1-retention-full=7

# On Azure instead: repo2-type=azure, repo2-azure-container, and repo2-azure-account with repo2-azure-key among the secrets.
repo2-type=s3
repo2-path=/pgbackrest
repo2-s3-endpoint=${s3.endpoint.replace('https://', '')}
repo2-s3-region=${s3.region}
repo2-s3-bucket=${bucket}
repo2-storage-verify-tls=y
repo2-cipher-type=aes-256-cbc
repo2-retention-full-type=time
repo2-retention-full=30

start-fast=y
compress-type=lz4
process-max=2
archive-timeout=90

[lyceum]
pg1-path=${data}`
  ),
  textFile(
    'pgbackrest/postgresql.conf',
    `# For PostgreSQL: append it, or put it into conf.d; archive_mode needs a restart.
wal_level = replica
archive_mode = on
archive_command = 'pgbackrest --stanza=lyceum archive-push "%p"'
# What was written is in both repositories after so long at the latest: it is what can be lost.
archive_timeout = 60s`
  ),
  textFile(
    'pgbackrest/role.sql',
    `-- Once, as a superuser, in the product's database: what the role of DATABASE_URL needs beyond its own tables.
alter role lyceum bypassrls;
grant execute on function pg_create_restore_point(text), pg_switch_wal(), pg_control_system(), pg_read_binary_file(text) to lyceum;
grant pg_read_all_stats to lyceum;`,
    '--'
  )
]
