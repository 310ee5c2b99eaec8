import { addressesOf } from '../db/hosts.ts'
import { RELEASE_NAME } from '../pin/pin-cookie.ts'

/** One setting of an installation: the source of its type, its check, `.env.example` and the reference in docs/. */
export interface Setting<Value> {
  readonly about: string
  readonly kind: 'text' | 'number' | 'flag' | 'choice' | 'address' | 'list'
  /** Never printed, never logged; also read from the file named by `<NAME>_FILE`. */
  readonly secret?: boolean
  readonly default: Value
  /** What a value must look like, in words, and how it becomes one. */
  readonly read: (text: string) => Value | Fault
}

export interface Fault {
  readonly fault: string
}

const text = (about: string, fallback: string | null = null): Setting<string | null> => ({
  about,
  kind: 'text',
  default: fallback,
  read: (value) => value
})

/** Text that is never empty. */
const word = (about: string, fallback: string): Setting<string> => ({
  about,
  kind: 'text',
  default: fallback,
  read: (value) => value
})

const secret = (about: string): Setting<string | null> => ({ ...text(about), secret: true })

/** What a secret was before it was exchanged. */
const previous = (about: string): Setting<string | null> => secret(`${about} Written by \`lyceum secrets rotate\`.`)

/** From when the new value of a secret counts; it tells its age, too. */
const since = (name: string, until: string): Setting<string | null> => ({
  ...text(
    `Instant from which ${name} is used, such as 2027-02-01T03:00:00Z; ${until}. Written by \`lyceum secrets rotate\`.`
  ),
  read: (value) =>
    /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))
      ? new Date(value).toISOString()
      : { fault: 'must be an instant, such as 2027-02-01T03:00:00Z' }
})
const SIGNED_BEFORE = 'until then the one before signs, and this one is believed already'

const number = (about: string, fallback: number, min: number, max: number): Setting<number> => ({
  about,
  kind: 'number',
  default: fallback,
  read: (value) => {
    const read = Number(value)
    return Number.isInteger(read) && read >= min && read <= max
      ? read
      : { fault: `must be a whole number from ${min} to ${max}` }
  }
})

const optionalNumber = (about: string, min: number, max: number): Setting<number | null> => ({
  ...number(about, min, min, max),
  default: null
})

const flag = (about: string, fallback: boolean): Setting<boolean> => ({
  about,
  kind: 'flag',
  default: fallback,
  read: (value) =>
    /^(true|1|yes|on)$/i.test(value)
      ? true
      : /^(false|0|no|off)$/i.test(value)
        ? false
        : { fault: 'must be true or false' }
})

const choice = <const Words extends readonly [string, ...string[]]>(
  about: string,
  words: Words
): Setting<Words[number]> => ({
  about: `${about} One of: ${words.join(', ')}.`,
  kind: 'choice',
  default: words[0],
  read: (value) => words.find((word) => word === value) ?? { fault: `must be one of ${words.join(', ')}` }
})

const address = (about: string, protocols: readonly string[]): Setting<string | null> => ({
  about,
  kind: 'address',
  default: null,
  read: (value) =>
    URL.canParse(value) && protocols.includes(new URL(value).protocol)
      ? value
      : { fault: `must be an address starting with ${protocols.join(' or ')}//` }
})

const POSTGRES = ['postgres:', 'postgresql:']
const isPostgres = (value: string): boolean => URL.canParse(value) && POSTGRES.includes(new URL(value).protocol)

/** One server, or several of which one takes writes: `postgres://user@h1:5432,h2:5432/lyceum`. */
const database = (about: string): Setting<string | null> => ({
  about,
  kind: 'address',
  secret: true,
  default: null,
  read: (value) =>
    addressesOf(value).every(isPostgres)
      ? value
      : {
          fault: `must be an address starting with ${POSTGRES.join(' or ')}//; hosts of one address are separated by commas`
        }
})

const sources = (about: string, words: readonly string[]): Setting<readonly string[]> => ({
  about: `${about} Of: ${words.join(', ')}.`,
  kind: 'list',
  default: [],
  read: (value) => {
    const given = value.split(',').map((part) => part.trim())
    return given.every((part) => words.includes(part)) ? given : { fault: `must be some of ${words.join(', ')}` }
  }
})

const list = (about: string): Setting<readonly string[]> => ({
  about,
  kind: 'list',
  default: [],
  read: partsOf
})

const partsOf = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const mailboxes = (about: string): Setting<readonly string[]> => ({
  ...list(about),
  read: (value) => {
    const parts = partsOf(value)
    return parts.every((one) => /^[^\s@<>]+@[^\s@<>]+$/.test(one))
      ? parts
      : { fault: 'must be e-mail addresses separated by commas, such as ops@example.org' }
  }
})

const repository = (about: string): Setting<string | null> => ({
  ...text(about),
  read: (value) =>
    /^[a-z][a-z0-9+]*:\/\//i.test(value) && !/^(?:s3|azure):\/\/[^/]+(?:\/.*)?$/.test(value)
      ? { fault: 'must be a folder, s3://bucket/prefix or azure://container/prefix' }
      : value
})

/** Proxies tell releases apart by their names, in rules that a separator would break. */
const releaseName = (about: string, fallback: string): Setting<string> => ({
  ...word(about, fallback),
  read: (value) =>
    RELEASE_NAME.test(value) ? value : { fault: 'must be up to 64 letters, digits, dots, hyphens and underscores' }
})

/** Every setting there is, by the name of its environment variable. */
export const settings = {
  LYCEUM_ENV: choice('What this installation is for.', ['development', 'staging', 'production']),
  LYCEUM_HOME: word('Folder of everything this installation keeps on disk.', './.lyceum'),
  SECRETS_FROM: sources(
    'Where secrets come from that are neither in the environment nor in a file named by it, in this order; LYCEUM_HOME/secrets is always looked into last.',
    ['bundle', 'vault', 'azure-key-vault']
  ),
  SECRETS_BUNDLE: text('File with secrets as lines NAME=value, encrypted with age; required with SECRETS_FROM=bundle.'),
  SECRETS_IDENTITY: secret('The identity (AGE-SECRET-KEY-1…) that opens the bundle; best as SECRETS_IDENTITY_FILE.'),
  SECRETS_RECIPIENTS: list(
    'Public keys (age1…) of others who can open the bundle by hand, separated by commas; the identity’s own is always one.'
  ),
  VAULT_ADDR: address('HashiCorp Vault, such as https://vault.example.org:8200.', ['http:', 'https:']),
  VAULT_NAMESPACE: text('Namespace in Vault Enterprise.'),
  VAULT_MOUNT: word('Where the key/value engine (version 2) is mounted in Vault.', 'secret'),
  VAULT_PATH: word('The entry of this installation in it: one entry that holds every secret by its name.', 'lyceum'),
  VAULT_TOKEN: secret('Token for Vault; or VAULT_ROLE_ID and VAULT_SECRET_ID.'),
  VAULT_ROLE_ID: text('AppRole to sign in to Vault with.'),
  VAULT_SECRET_ID: secret('Secret id of that role.'),
  AZURE_KEY_VAULT_URL: address(
    'Azure Key Vault, such as https://school.vault.azure.net; signed in to by what the Azure SDK finds: a managed identity, a workload identity, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
    ['https:']
  ),
  SECRETS_MAX_AGE_DAYS: number(
    'After how many days `lyceum secrets rotate --all-due` exchanges a secret that Lyceum makes itself, and `lyceum doctor` asks for it; 0 for never.',
    365,
    0,
    3650
  ),
  AUDIT_SIGNING_KEY: secret(
    'Signs exports and checkpoints of the audit log: an Ed25519 private key, PKCS #8, base64url; made and kept in LYCEUM_HOME/secrets when empty.'
  ),
  AUDIT_CHECKPOINTS: text(
    'File that signed checkpoints of the audit log are added to; best where whoever can write to the database cannot. Default: LYCEUM_HOME/audit-checkpoints.jsonl.'
  ),
  PORT: number('Port to listen on.', 3000, 0, 65535),
  BIND_ADDRESS: text(
    'Address to listen on; in production behind a proxy 127.0.0.1 is enough. Default: 127.0.0.1 in development, 0.0.0.0 otherwise.'
  ),
  PUBLIC_URL: address('How people reach the installation, such as https://learn.example.org; required in production.', [
    'http:',
    'https:'
  ]),
  TRUST_PROXY: flag('Believe X-Forwarded-For, -Proto and -Host; only behind a proxy that sets them.', false),
  TENANT_HEADER: flag(
    'Believe X-Lyceum-Tenant (a school’s slug) before the host name; only behind a gateway that sets it. On in development.',
    false
  ),
  DATABASE_URL: database(
    'Outside PostgreSQL 14 or newer, as a role that owns the database; empty for the embedded one. With several hosts, such as postgres://lyceum@h1:5432,h2:5432/lyceum, it is the one that takes writes, also after a failover.'
  ),
  DATABASE_DIRECT_URL: database(
    'The same database past a pooler, where DATABASE_URL leads through PgBouncer: for migrations, notices and jobs, which need a connection of their own.'
  ),
  DATABASE_REPLICA_URL: {
    ...list(
      'Replicas that may answer reads, such as postgres://r1:5432/lyceum, separated by commas; everybody sees what they have written themselves all the same.'
    ),
    secret: true,
    read: (value) => {
      const urls = value.split(',').map((part) => part.trim())
      return urls.every(isPostgres)
        ? urls
        : { fault: 'must be addresses starting with postgres://, separated by commas' }
    }
  },
  DATABASE_REPLICA_LAG_SECONDS: number(
    'How far a replica may be behind and still answer; what others have changed is seen that much later at most.',
    5,
    1,
    60
  ),
  DATABASE_APP_PASSWORD: secret(
    'Password for the login lyceum_app, which cannot bypass row-level security; made and kept in LYCEUM_HOME/secrets when empty.'
  ),
  DATABASE_JOBS_PASSWORD: secret(
    'Password for the login lyceum_jobs of the job queue; made and kept in LYCEUM_HOME/secrets when empty.'
  ),
  DATABASE_APP_PASSWORD_PREVIOUS: previous('The password of lyceum_app before, tried where the new one is refused.'),
  DATABASE_APP_PASSWORD_SINCE: since('DATABASE_APP_PASSWORD', 'for its age only'),
  DATABASE_JOBS_PASSWORD_PREVIOUS: previous('The password of lyceum_jobs before, tried where the new one is refused.'),
  DATABASE_JOBS_PASSWORD_SINCE: since('DATABASE_JOBS_PASSWORD', 'for its age only'),
  DATABASE_POOL: optionalNumber(
    'Most connections of one process for requests. Empty: up to 10, and fewer where DATABASE_PROCESSES would not fit into max_connections.',
    2,
    500
  ),
  DATABASE_PROCESSES: number(
    'How many processes share the database at the same time, those of a release beside the old one included; pools are sized so that all fit.',
    1,
    1,
    1000
  ),
  DATABASE_PREPARE: flag('Named prepared statements; off behind PgBouncer before 1.21 in transaction mode.', true),
  REDIS_URL: {
    ...address(
      'Redis, such as redis://user:password@cache.example.org:6379/0, for what several processes count and remember together; without it every process does so alone.',
      ['redis:', 'rediss:']
    ),
    secret: true
  },
  REDIS_SENTINELS: list(
    'Redis sentinels as host:port, separated by commas; user, password and database are then those of REDIS_URL.'
  ),
  REDIS_SENTINEL_NAME: word('Under which name the sentinels know the master.', 'mymaster'),
  REDIS_SENTINEL_PASSWORD: secret('Password of the sentinels themselves, where they have one.'),
  RABBITMQ_URL: {
    ...address(
      'RabbitMQ 3.10 or newer, such as amqps://user:password@broker.example.org/lyceum, to hand events to modules in several processes; without it the database does.',
      ['amqp:', 'amqps:']
    ),
    secret: true
  },
  MIGRATE_ON_START: choice(
    'Whether starting migrates the schema; in production the default is “never”, and a pending migration stops the start.',
    ['auto', 'always', 'never']
  ),
  TOKEN_SECRET: secret(
    'Signs access tokens; at least 32 characters; made and kept in LYCEUM_HOME/secrets when empty outside production.'
  ),
  TOKEN_SECRET_PREVIOUS: previous('The one before, still believed for as long as tokens live.'),
  TOKEN_SECRET_SINCE: since('TOKEN_SECRET', SIGNED_BEFORE),
  FILE_SECRET: secret(
    'Signs file addresses; at least 32 characters; made and kept in LYCEUM_HOME/secrets when empty outside production.'
  ),
  FILE_SECRET_PREVIOUS: previous('The one before, still believed for as long as addresses of files are good.'),
  FILE_SECRET_SINCE: since('FILE_SECRET', SIGNED_BEFORE),
  SERVICE_SECRET_KEY: secret(
    'Seals requests between the gateway and the services; at least 32 characters and the same in all; not needed in one process.'
  ),
  SERVICE_SECRET_KEY_PREVIOUS: previous('The key before, still believed while SERVICE_SECRET_KEY is being exchanged.'),
  SERVICE_SECRET_KEY_SINCE: since('SERVICE_SECRET_KEY', SIGNED_BEFORE),
  SERVICE_URLS: list(
    'Where the gateway and services find each other where that is not 127.0.0.1 and the usual port: user=http://user:3001,course=http://course:3002.'
  ),
  RATE_LIMIT_ANONYMOUS: number(
    'Requests without a sign-in that one address may make to the API in 15 minutes; people who are signed in at the same address add to it. 0 for no limit. Limits hold at the gateway, and outside development in one process too.',
    100,
    0,
    1_000_000
  ),
  RATE_LIMIT_GUESSES: number(
    'The same for operations where a secret could be guessed: signing in, following a link.',
    50,
    0,
    1_000_000
  ),
  RATE_LIMIT_PERSON: number('Requests of one signed-in person in a minute; 0 for no limit.', 1200, 0, 1_000_000),
  RATE_LIMIT_TENANT: number('Requests of one school in a minute; 0 for no limit.', 0, 0, 100_000_000),
  PIN_SECRET: secret(
    'Signs the cookie that keeps a browser on one release; at least 32 characters; made and kept in LYCEUM_HOME/secrets when empty outside production.'
  ),
  PIN_SECRET_PREVIOUS: previous('The one before, still believed for as long as browsers are kept.'),
  PIN_SECRET_SINCE: since('PIN_SECRET', SIGNED_BEFORE),
  SMTP_URL: {
    ...address(
      'Mail server, such as smtps://user:password@mail.example.org; without it mail is held and shown to administrators.',
      ['smtp:', 'smtps:']
    ),
    secret: true
  },
  MAIL_FROM: word('Sender of mail.', 'Lyceum <no-reply@localhost>'),
  STORAGE: choice('Where files are kept: a disk below LYCEUM_HOME, or object storage that several machines share.', [
    'disk',
    's3',
    'azure'
  ]),
  STORAGE_DIRECT: flag(
    'With object storage: send browsers to the store itself for pictures, films and downloads; off where they cannot reach it.',
    true
  ),
  S3_ENDPOINT: address('Object storage that speaks S3, such as https://minio.example.org; empty for Amazon S3.', [
    'http:',
    'https:'
  ]),
  S3_REGION: word('Region of the bucket.', 'us-east-1'),
  S3_BUCKET: text('Bucket for files; required with STORAGE=s3. It is private: nobody else needs access.'),
  S3_ACCESS_KEY_ID: text(
    'Key that may list, read, write and delete in the bucket; empty where the machine has a role that may.'
  ),
  S3_SECRET_ACCESS_KEY: secret('The secret of that key.'),
  AZURE_STORAGE_CONNECTION_STRING: secret(
    'Connection string of the storage account, with its key; required with STORAGE=azure.'
  ),
  AZURE_STORAGE_CONTAINER: word('Container for files; private.', 'lyceum'),
  BACKUP_REPOSITORY: repository(
    'Where backups are kept: a folder, better on another disk, or s3://bucket/prefix, or azure://container/prefix. Empty: there are none. `lyceum backup setup` makes one.'
  ),
  BACKUP_OFFSITE: repository(
    'A second place for backups, that survives what happens to the first; written as that one.'
  ),
  BACKUP_RECIPIENT: text(
    'Public key of age that backups are sealed for, such as age1…; made by `lyceum backup setup`. Who knows it alone cannot read them.'
  ),
  BACKUP_IDENTITY: secret(
    'The key that opens backups; needed to restore. Never kept in or below a repository, and never part of a backup.'
  ),
  BACKUP_KEEP_DAYS: number(
    'How long sets are kept in the first repository; one that is older stays in any case.',
    7,
    1,
    3650
  ),
  BACKUP_OFFSITE_KEEP_DAYS: number('The same in the second repository.', 30, 1, 3650),
  BACKUP_FULL_HOUR: number(
    'Hour of the day, in UTC, at which a full backup is made; every six hours after it one of what changed.',
    2,
    0,
    23
  ),
  BACKUP_ARCHIVE_SECONDS: number(
    'What was written in this time is in the repository at the latest, so it is what can be lost.',
    60,
    10,
    300
  ),
  BACKUP_PGBACKREST: word(
    'With DATABASE_URL: the command that runs pgBackRest where it may read that database, such as `sudo -n -u postgres pgbackrest`.',
    'pgbackrest'
  ),
  BACKUP_PGBACKREST_CONFIG: text(
    'Its configuration, which `lyceum config render pgbackrest` writes; where empty, it finds it in /etc/pgbackrest with conf.d below.'
  ),
  BACKUP_PGBACKREST_STANZA: word('What the database is called in it.', 'lyceum'),
  BACKUP_POSTGRES_BIN: text(
    'Folder of the programs of the PostgreSQL that DATABASE_URL names, to try backups out with; /usr/lib/postgresql/VERSION/bin where empty.'
  ),
  BACKUP_S3_ENDPOINT: address('As S3_ENDPOINT, for repositories; that one where empty.', ['http:', 'https:']),
  BACKUP_S3_REGION: text('As S3_REGION, for repositories; that one where empty.'),
  BACKUP_S3_ACCESS_KEY_ID: text('As S3_ACCESS_KEY_ID, for repositories; that one where empty.'),
  BACKUP_S3_SECRET_ACCESS_KEY: secret('The secret of that key.'),
  BACKUP_AZURE_CONNECTION_STRING: secret('As AZURE_STORAGE_CONNECTION_STRING, for repositories; that one where empty.'),
  CDN_URL: address(
    'Content delivery network in front of the object storage, such as https://files.example.org; browsers are sent there.',
    ['http:', 'https:']
  ),
  MAX_FILE_MB: number('Largest single upload in MiB.', 2048, 1, 1_000_000),
  TENANT_STORAGE_GB: number('Storage of one school in GiB; 0 for no limit.', 0, 0, 1_000_000),
  SCAN_COMMAND: text(
    'Virus scanner: a command that gets a file’s path and exits 0 for clean and 1 for infected, such as clamdscan --fdpass --no-summary.'
  ),
  ARCHIVE_NIGHTLY: flag(
    'Every night at 01:00 UTC old rows leave the database for compressed files that `lyceum archive read` reads, before the product forgets them.',
    false
  ),
  ARCHIVE_FOLDER: text(
    'Folder into which `lyceum archive run` moves old rows as compressed files; empty: archive below LYCEUM_HOME.'
  ),
  ARCHIVE_AFTER_DAYS: list(
    'After how many days rows go there, where that is to be another number: mails=30,sign-ins=30; the product forgets mails and sign-ins after 90 days, notifications after 180, events after 7.'
  ),
  ARCHIVE_KEEP_DAYS: optionalNumber(
    'How many days archived files stay; empty: until somebody removes them.',
    1,
    36_500
  ),
  FRONTEND_URL: {
    ...list(
      'Other web origins that may call the API with credentials, such as https://app.example.org, separated by commas.'
    ),
    read: (value) => {
      const given = value.split(',').map((part) => part.trim().replace(/\/$/, ''))
      return given.every((part) => !part.includes('*') && URL.canParse(part) && new URL(part).origin === part)
        ? given
        : { fault: 'must be origins such as https://app.example.org, without a path and without *' }
    }
  },
  PRIVATE_IDENTITY_PROVIDERS: flag(
    'Identity providers may be at private addresses, such as a Keycloak in your own network; always so in development.',
    false
  ),
  FIREBASE_KEYS_URL: address('Where the keys of Firebase ID tokens are, instead of Google’s own address; for tests.', [
    'http:',
    'https:'
  ]),
  ENABLE_API_DOCS: choice('API reference at /api/docs; “auto” is on outside production.', ['auto', 'true', 'false']),
  TASKS_FORCE_INLINE: flag(
    'Run reactions and jobs before the request that caused them is answered (for tests).',
    false
  ),
  PROMETHEUS_URL: address(
    'Prometheus that scrapes this installation, such as http://prometheus:9090, asked for the error budget before a release; without it the product counts itself.',
    ['http:', 'https:']
  ),
  RELEASE_NOTIFY_WEBHOOK: {
    ...address(
      'Where the release tool posts how a release ended, as JSON with `text`: a chat, or a program of yours.',
      ['http:', 'https:']
    ),
    secret: true
  },
  RELEASE_NOTIFY_EMAIL: mailboxes(
    'Whom the release tool writes how a release ended, through SMTP_URL: addresses separated by commas.'
  ),
  LOG_LEVEL: choice('How much to log.', ['info', 'debug', 'warn', 'error', 'silent']),
  LOG_FORMAT: choice('“auto” is readable on a terminal and JSON otherwise.', ['auto', 'json', 'text']),
  SENTRY_DSN: {
    ...address('Where Sentry takes errors that nobody foresaw, without whom they happened to.', ['http:', 'https:']),
    secret: true
  },
  STATSD_HOST: text(
    'StatsD server with tags, such as Datadog’s agent, as host or host:port (8125 unless given), that is told what /metrics says.'
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: address(
    'Collector of OpenTelemetry that takes traces and metrics by OTLP over HTTP, such as http://127.0.0.1:4318.',
    ['http:', 'https:']
  ),
  RELEASE: releaseName('Name of this release in logs, metrics and answers.', 'dev'),
  ASSETS_FOLDER: text(
    'Folder that releases share: each puts its scripts and styles there and serves those of the last three, so that a page opened before an upgrade goes on working.'
  ),
  SHUTDOWN_WAIT_SECONDS: number(
    'How long a stopping process goes on taking requests after /api/v1/ready says no, so that whoever balances the load notices.',
    0,
    0,
    600
  ),
  SHUTDOWN_SECONDS: number('Longest wait for running requests when stopping.', 25, 0, 3600),
  SHUTDOWN_LONG_SECONDS: number('The same for uploads, downloads and streams.', 60, 0, 86_400),
  SHUTDOWN_SPREAD_SECONDS: number(
    'When stopping, open live connections are asked to come again at moments spread over this time; in development at once.',
    10,
    0,
    600
  )
} satisfies Record<
  string,
  | Setting<string | null>
  | Setting<number>
  | Setting<number | null>
  | Setting<boolean>
  | Setting<string>
  | Setting<readonly string[]>
>

export type SettingName = keyof typeof settings

export type Config = { readonly [Name in SettingName]: (typeof settings)[Name]['default'] }
