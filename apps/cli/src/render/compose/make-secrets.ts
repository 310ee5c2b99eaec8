import type { Deployment } from '../deployment.ts'

/** Bash that fills ./secrets once; what is there stays. */
export const makeSecrets = ({ name }: Deployment): string => `
# Makes the secrets of compose.production.yaml in ./secrets, random and once; what is there stays.
# SMTP_URL is yours to give: SMTP_URL=smtps://user:password@mail.example.org ./make-secrets.sh
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
random() { od -An -vtx1 -N32 /dev/urandom | tr -d ' \\n'; }
# The folder is closed to others; the files must be readable by the users inside the containers.
keep() { [ -e "secrets/$1" ] || { printf '%s\\n' "$2" > "secrets/$1"; chmod 0444 "secrets/$1"; }; }
given() { cat "secrets/$1"; }

for name in TOKEN_SECRET FILE_SECRET PIN_SECRET SERVICE_SECRET_KEY DATABASE_APP_PASSWORD DATABASE_JOBS_PASSWORD POSTGRES_PASSWORD; do
  keep "$name" "$(random)"
done
if [ ! -e secrets/SMTP_URL ]; then
  : "\${SMTP_URL:?Give the mail server: SMTP_URL=smtps://user:password@mail.example.org ./make-secrets.sh}"
  keep SMTP_URL "$SMTP_URL"
fi
keep DATABASE_URL "postgres://lyceum:$(given POSTGRES_PASSWORD)@pgbouncer:6432/lyceum"
keep DATABASE_DIRECT_URL "postgres://lyceum:$(given POSTGRES_PASSWORD)@postgres:5432/lyceum"
# Replicas of yours, such as postgres://replica:5432/lyceum, separated by commas; empty: the primary answers everything.
keep DATABASE_REPLICA_URL ""
keep pgbouncer-users "\\"lyceum\\" \\"$(given POSTGRES_PASSWORD)\\"
\\"lyceum_app\\" \\"$(given DATABASE_APP_PASSWORD)\\"
\\"lyceum_jobs\\" \\"$(given DATABASE_JOBS_PASSWORD)\\""
password=$(random)
keep redis.conf "requirepass $password
dir /data
appendonly yes
maxmemory 768mb
maxmemory-policy allkeys-lru"
keep REDIS_URL "redis://:$(sed -n 's/^requirepass //p' secrets/redis.conf)@redis:6379"
password=$(random)
keep rabbitmq.conf "default_user = lyceum
default_pass = $password
loopback_users.guest = true"
keep RABBITMQ_URL "amqp://lyceum:$(sed -n 's/^default_pass = //p' secrets/rabbitmq.conf)@rabbitmq:5672"
echo "The secrets of ${name} are in $PWD/secrets. Keep a copy where the backups are not."
`
