#!/bin/sh
# Debian 12 has PgBouncer 1.18, which does not know this setting yet.
set -eu
sed '/^max_prepared_statements/d' "$1" > /tmp/pgbouncer.ini
exec /usr/sbin/pgbouncer /tmp/pgbouncer.ini
