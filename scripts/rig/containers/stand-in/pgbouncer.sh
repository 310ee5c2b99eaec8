#!/bin/sh
# Debian 12 has PgBouncer 1.18, which cannot keep prepared statements apart in transaction mode: here it pools by session.
set -eu
sed -e '/^max_prepared_statements/d' -e 's/^pool_mode.*/pool_mode = session/' -e 's/^default_pool_size.*/default_pool_size = 150/' "$1" > /tmp/pgbouncer.ini
exec /usr/sbin/pgbouncer /tmp/pgbouncer.ini
