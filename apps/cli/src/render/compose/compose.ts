import type { Deployment } from '../deployment.ts'
import { commonSettings, type Place, SECRETS, SHUTDOWN_SECONDS } from '../environment.ts'
import { MAIN, site } from '../front/nginx.ts'
import { nginxTraffic } from '../front/traffic-nginx.ts'
import { heapOption } from '../kubernetes/pod.ts'
import { type RenderedFile, textFile, WRITTEN, yamlFile } from '../rendered-file.ts'
import type { Service } from '../service.ts'
import { ADDRESSES, FRONT_NETWORK } from './addresses.ts'
import { developmentCompose } from './development.ts'
import { IMAGES } from './images.ts'
import { makeSecrets } from './make-secrets.ts'

const HOME = '/var/lib/lyceum'
const COLOURS = ['blue', 'green'] as const
/** Where the release tool keeps who is sent where. */
const ROOT = `\${LYCEUM_ROOT:-/srv/lyceum}`

/**
 * One server with containers: both colours in one file, told apart by profiles, so that a release starts the other colour
 * beside the one that serves.
 */
export const renderCompose = (deployment: Deployment, services: readonly Service[]): RenderedFile[] => [
  yamlFile('compose/compose.production.yaml', production(deployment, services)),
  yamlFile('compose/compose.development.yaml', developmentCompose(deployment)),
  { path: 'compose/make-secrets.sh', text: `#!/usr/bin/env bash\n# ${WRITTEN}\n${makeSecrets(deployment).trim()}\n` },
  textFile('compose/pgbouncer.ini', PGBOUNCER, ';'),
  textFile('compose/nginx/nginx.conf', MAIN),
  textFile('compose/nginx/lyceum.conf', site(deployment).replaceAll(/(ssl_\w+) tls\//g, '$1 /etc/nginx/tls/')),
  textFile('compose/nginx/lyceum-traffic.conf', nginxTraffic({ blue: [`${ADDRESSES.blue}:3000`], green: [] }))
]

/** PgBouncer 1.21 and newer follow named statements in transaction mode; the product sends these settings itself. */
const PGBOUNCER = `
[databases]
lyceum = host=postgres port=5432 dbname=lyceum

[pgbouncer]
listen_addr = 0.0.0.0
listen_port = 6432
auth_type = scram-sha-256
auth_file = /run/secrets/pgbouncer-users
pool_mode = transaction
max_client_conn = 500
default_pool_size = 50
max_prepared_statements = 500
ignore_startup_parameters = extra_float_digits,options,statement_timeout,idle_in_transaction_session_timeout
server_idle_timeout = 60
unix_socket_dir =
logfile =
pidfile =
`

type ComposeService = Record<string, unknown>

function production(deployment: Deployment, services: readonly Service[]): object {
  const secretFiles = [...SECRETS, 'POSTGRES_PASSWORD', 'pgbouncer-users', 'redis.conf', 'rabbitmq.conf']
  return {
    name: deployment.name,
    services: {
      ...Object.fromEntries(
        COLOURS.flatMap((colour) =>
          services.map((service) => [`${service.name}-${colour}`, product(deployment, services, service, colour)])
        )
      ),
      migrate: {
        ...hardened,
        image: `\${LYCEUM_IMAGE_MIGRATE:-\${LYCEUM_IMAGE:?set it to repository@sha256:…}}`,
        profiles: ['migrate'],
        user: '1000:1000',
        command: ['migrate', 'up'],
        environment: settings(deployment, services, 'blue'),
        secrets: [...SECRETS],
        tmpfs: ['/tmp:size=256m', `${HOME}:size=64m,uid=1000,gid=1000`],
        networks: ['data'],
        depends_on: { postgres: { condition: 'service_healthy' } },
        restart: 'no',
        deploy: limits('0.5', '512M')
      },
      postgres: {
        ...kept,
        image: IMAGES.postgres,
        user: '999:999',
        command: [
          'postgres',
          '-c',
          'max_connections=200',
          '-c',
          'shared_buffers=512MB',
          '-c',
          'wal_level=replica',
          '-c',
          'archive_timeout=60'
        ],
        environment: {
          POSTGRES_DB: 'lyceum',
          POSTGRES_USER: 'lyceum',
          POSTGRES_PASSWORD_FILE: '/run/secrets/POSTGRES_PASSWORD',
          PGDATA: '/var/lib/postgresql/data/18'
        },
        secrets: ['POSTGRES_PASSWORD'],
        volumes: ['postgres:/var/lib/postgresql/data'],
        tmpfs: ['/tmp:size=256m', '/var/run/postgresql:size=16m,uid=999,gid=999'],
        shm_size: '256m',
        healthcheck: health(['CMD', 'pg_isready', '-U', 'lyceum', '-d', 'lyceum']),
        networks: ['data'],
        stop_grace_period: '60s',
        stop_signal: 'SIGINT',
        deploy: limits('4', '4G')
      },
      pgbouncer: {
        ...kept,
        image: IMAGES.pgbouncer,
        user: '70:70',
        entrypoint: ['pgbouncer', '/etc/pgbouncer/pgbouncer.ini'],
        volumes: ['./pgbouncer.ini:/etc/pgbouncer/pgbouncer.ini:ro'],
        secrets: ['pgbouncer-users'],
        tmpfs: ['/tmp:size=16m'],
        healthcheck: health(['CMD', 'nc', '-z', '127.0.0.1', '6432']),
        networks: ['data'],
        depends_on: { postgres: { condition: 'service_healthy' } },
        deploy: limits('1', '128M')
      },
      redis: {
        ...kept,
        image: IMAGES.redis,
        user: '999:999',
        command: ['redis-server', '/run/secrets/redis.conf'],
        volumes: ['redis:/data'],
        secrets: ['redis.conf'],
        tmpfs: ['/tmp:size=16m'],
        healthcheck: health(['CMD-SHELL', 'redis-cli ping | grep -Eq "PONG|NOAUTH"']),
        networks: ['data'],
        deploy: limits('1', '1G')
      },
      rabbitmq: {
        ...kept,
        image: IMAGES.rabbitmq,
        hostname: 'rabbitmq',
        user: '999:999',
        volumes: ['rabbitmq:/var/lib/rabbitmq'],
        secrets: [{ source: 'rabbitmq.conf', target: '/etc/rabbitmq/conf.d/90-lyceum.conf' }],
        tmpfs: ['/tmp:size=64m', '/var/log/rabbitmq:size=64m,uid=999,gid=999'],
        healthcheck: { ...health(['CMD', 'rabbitmq-diagnostics', '-q', 'ping']), start_period: '60s', timeout: '15s' },
        networks: ['data'],
        stop_grace_period: '60s',
        deploy: limits('1', '1G')
      },
      nginx: {
        ...kept,
        image: IMAGES.nginx,
        user: '101:101',
        entrypoint: ['nginx', '-c', '/etc/nginx/lyceum/nginx.conf', '-g', 'daemon off;'],
        ports: ['80:80', '443:443'],
        volumes: [
          // Folders: a file that is replaced in one step would stay the old one in the container.
          './nginx:/etc/nginx/lyceum:ro',
          `${ROOT}/traffic:${ROOT}/traffic:ro`,
          './tls:/etc/nginx/tls:ro'
        ],
        tmpfs: ['/tmp:size=512m', '/var/cache/nginx:size=1g,uid=101,gid=101'],
        healthcheck: health(['CMD-SHELL', 'curl -ksf https://127.0.0.1/health -o /dev/null']),
        networks: ['front'],
        stop_signal: 'SIGQUIT',
        stop_grace_period: '65s',
        deploy: limits('1', '768M')
      }
    },
    networks: { front: { ipam: { config: [{ subnet: FRONT_NETWORK }] } }, product: {}, data: { internal: true } },
    volumes: { postgres: {}, redis: {}, rabbitmq: {}, files: {} },
    secrets: Object.fromEntries(secretFiles.map((name) => [name, { file: `./secrets/${name}` }]))
  }
}

function product(
  deployment: Deployment,
  services: readonly Service[],
  service: Service,
  colour: 'blue' | 'green'
): ComposeService {
  const { cpu, memory } = service.resources
  const keepsFiles = service.kind === 'worker' || ['file', 'course', 'gateway'].includes(service.name)
  return {
    ...hardened,
    image: imageOf(colour),
    profiles: [colour],
    restart: 'unless-stopped',
    user: '1000:1000',
    command: ['serve', service.name],
    environment: {
      ...settings(deployment, services, colour),
      PORT: String(service.port),
      NODE_OPTIONS: heapOption(service.resources)
    },
    secrets: [...SECRETS],
    ...(keepsFiles ? { volumes: [`files:${HOME}`] } : {}),
    tmpfs: ['/tmp:size=256m', ...(keepsFiles ? [] : [`${HOME}:size=64m,uid=1000,gid=1000`])],
    healthcheck: {
      ...health([
        'CMD',
        'node',
        '-e',
        `fetch('http://127.0.0.1:${service.port}/api/v1/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`
      ]),
      start_period: '40s'
    },
    networks:
      service.kind === 'gateway'
        ? { product: {}, data: {}, front: { ipv4_address: ADDRESSES[colour] } }
        : ['product', 'data'],
    depends_on: Object.fromEntries(
      ['pgbouncer', 'redis', 'rabbitmq'].map((name) => [name, { condition: 'service_healthy' }])
    ),
    stop_grace_period: `${SHUTDOWN_SECONDS + 10}s`,
    deploy: { ...limits(String(cpu.limit / 1000), `${memory.limit}M`), replicas: 1 }
  }
}

const imageOf = (colour: 'blue' | 'green'): string =>
  `\${LYCEUM_IMAGE_${colour.toUpperCase()}:-\${LYCEUM_IMAGE:?set it to repository@sha256:…}}`

const settings = (deployment: Deployment, services: readonly Service[], colour: 'blue' | 'green') =>
  commonSettings(deployment, services, {
    environment: 'production',
    home: HOME,
    address: (service) => `http://${service.name}-${colour}:${service.port}`,
    secretFile: (name) => `/run/secrets/${name}`,
    storage: 'disk',
    replicas: 1
  } satisfies Place)

const hardened = {
  read_only: true,
  init: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  logging: { driver: 'json-file', options: { 'max-size': '20m', 'max-file': '5' } }
} as const

const kept = { ...hardened, restart: 'unless-stopped' } as const

const limits = (cpus: string, memory: string) => ({ resources: { limits: { cpus, memory, pids: 512 } } })

const health = (test: readonly string[]) => ({ test, interval: '10s', timeout: '5s', retries: 3, start_period: '20s' })
