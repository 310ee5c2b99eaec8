import { type SettingName, settings } from '../config/settings.ts'

/** Secrets that Lyceum makes itself and can exchange; each has a `_PREVIOUS` and a `_SINCE` beside it. */
export const ROTATABLE = [
  'TOKEN_SECRET',
  'FILE_SECRET',
  'PIN_SECRET',
  'SERVICE_SECRET_KEY',
  'DATABASE_APP_PASSWORD',
  'DATABASE_JOBS_PASSWORD'
] as const
export type RotatableName = (typeof ROTATABLE)[number]

/** What opens the other places: in the environment, or in a file that it names. */
const KEYS_OF_SOURCES = ['SECRETS_IDENTITY', 'VAULT_TOKEN', 'VAULT_SECRET_ID']

const NAMES = Object.keys(settings)

/** Whether a setting is one that nobody may read. */
export const isSecret = (name: string): boolean => {
  const found = Object.entries(settings).find(([one]) => one === name)?.[1]
  return found !== undefined && 'secret' in found
}

/** Every setting that is a secret and may be kept in a place for secrets. */
export const SECRET_NAMES: readonly string[] = NAMES.filter(
  (name) => isSecret(name) && !KEYS_OF_SOURCES.includes(name) && !name.endsWith('_PREVIOUS')
)

export const isRotatable = (name: string): name is RotatableName => ROTATABLE.some((one) => one === name)

export const previousOf = <Name extends RotatableName>(name: Name): `${Name}_PREVIOUS` => `${name}_PREVIOUS`
export const sinceOf = <Name extends RotatableName>(name: Name): `${Name}_SINCE` => `${name}_SINCE`

/** The names that belong to a secret and come from the same place as it does. */
export const companionsOf = (name: string): readonly SettingName[] =>
  isRotatable(name) ? [previousOf(name), sinceOf(name)] : []

/** Where a companion lies of a secret that lies in this file: `TOKEN_SECRET_SINCE` beside `TOKEN_SECRET`. */
export const besideFile = (file: string, name: string, companion: string): string =>
  `${file}${companion.slice(name.length)}`

/** What a place may hold. */
export const STORED_NAMES: readonly string[] = SECRET_NAMES.flatMap((name) => [name, ...companionsOf(name)])

/** What a secret is for, and so who notices when it is exchanged. */
export const USED_BY: Readonly<Record<string, string>> = {
  TOKEN_SECRET: 'access tokens, client secrets of identity providers',
  FILE_SECRET: 'addresses of files',
  PIN_SECRET: 'cookies that keep browsers on a release',
  SERVICE_SECRET_KEY: 'requests between the gateway and the services',
  DATABASE_APP_PASSWORD: 'the login lyceum_app',
  DATABASE_JOBS_PASSWORD: 'the login lyceum_jobs',
  DATABASE_URL: 'the owner of the database',
  DATABASE_DIRECT_URL: 'the owner of the database, past the pooler',
  DATABASE_REPLICA_URL: 'reads',
  REDIS_URL: 'shared limits and cache',
  REDIS_SENTINEL_PASSWORD: 'the sentinels',
  RABBITMQ_URL: 'events',
  SMTP_URL: 'mail',
  S3_SECRET_ACCESS_KEY: 'files in object storage',
  AZURE_STORAGE_CONNECTION_STRING: 'files in object storage',
  RELEASE_NOTIFY_WEBHOOK: 'news of releases',
  SENTRY_DSN: 'reports of errors',
  AUDIT_SIGNING_KEY: 'exports and checkpoints of the audit log'
}
