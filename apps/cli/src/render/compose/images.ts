/** Images of others, each at one version. */
export const IMAGES = {
  postgres: 'docker.io/library/postgres:18.4-bookworm',
  pgbouncer: 'docker.io/edoburu/pgbouncer:v1.24.1-p1',
  redis: 'docker.io/library/redis:8.2.1-bookworm',
  rabbitmq: 'docker.io/library/rabbitmq:4.1.4-management',
  nginx: 'docker.io/library/nginx:1.28.0-bookworm'
} as const
