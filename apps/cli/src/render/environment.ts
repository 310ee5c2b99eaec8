import type { Deployment } from './deployment.ts'
import { processesAtOnce, type Service } from './service.ts'

/** Where processes find each other and what they keep; the rest of the settings is the same everywhere. */
export interface Place {
  readonly environment: 'development' | 'staging' | 'production'
  readonly home: string
  readonly address: (service: Service) => string
  readonly secretFile: (name: string) => string
  readonly storage: 's3' | 'disk'
  /** Most processes of one kind in one colour. */
  readonly replicas: number
}

/** Every secret a process of production is handed, always as a file; that of DATABASE_REPLICA_URL is empty without replicas. */
export const SECRETS = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_REPLICA_URL',
  'DATABASE_APP_PASSWORD',
  'DATABASE_JOBS_PASSWORD',
  'TOKEN_SECRET',
  'FILE_SECRET',
  'PIN_SECRET',
  'SERVICE_SECRET_KEY',
  'REDIS_URL',
  'RABBITMQ_URL',
  'SMTP_URL'
] as const
export const S3_SECRETS = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const

/** Seconds that a process may take to finish what it began, by `SHUTDOWN_SECONDS`. */
export const SHUTDOWN_SECONDS = 25

export const secretsOf = ({ storage }: Pick<Place, 'storage'>): readonly string[] =>
  storage === 's3' ? [...SECRETS, ...S3_SECRETS] : SECRETS

/** What every process of an installation is told. */
export const commonSettings = (
  { hosts, stagingHosts, mailFrom, uploadMegabytes, s3 }: Deployment,
  services: readonly Service[],
  { environment, home, address, secretFile, storage, replicas }: Place
): Record<string, string> => ({
  LYCEUM_ENV: environment,
  LYCEUM_HOME: home,
  PUBLIC_URL: `https://${(environment === 'staging' ? stagingHosts : hosts)[0]}`,
  BIND_ADDRESS: '0.0.0.0',
  TRUST_PROXY: 'true',
  MIGRATE_ON_START: 'never',
  LOG_FORMAT: 'json',
  MAIL_FROM: mailFrom,
  MAX_FILE_MB: String(uploadMegabytes),
  SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS),
  DATABASE_PROCESSES: String(processesAtOnce(services, replicas)),
  SERVICE_URLS: services
    .filter(({ kind }) => kind === 'module')
    .map((service) => `${service.name}=${address(service)}`)
    .join(','),
  ...(storage === 's3'
    ? { STORAGE: 's3', S3_ENDPOINT: s3.endpoint, S3_REGION: s3.region, S3_BUCKET: s3.bucket }
    : { STORAGE: 'disk' }),
  ...Object.fromEntries(secretsOf({ storage }).map((name) => [`${name}_FILE`, secretFile(name)]))
})
