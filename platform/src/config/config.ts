import { readFileSync } from 'node:fs'
import { liesWithin } from '../backup/repository/address.ts'
import { addressesOf } from '../db/hosts.ts'
import { type Config, type Fault, type SettingName, settings } from './settings.ts'

export type { Config } from './settings.ts'

/** Every fault of a configuration at once, so that it is mended once. */
export class ConfigRefused extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`
    )
    this.name = 'ConfigRefused'
    this.faults = faults
  }
}

/**
 * Reads the settings from environment variables, secrets also from `<NAME>_FILE`.
 * @throws ConfigRefused naming every fault, including what is unsafe in production
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { config, faults } = lookAtConfig(env)
  if (faults.length > 0) throw new ConfigRefused(faults)
  return config
}

/** The same with its faults beside it: defaults stand in for what is wrong. For commands that mend it. */
export function lookAtConfig(env: Readonly<Record<string, string | undefined>>): {
  readonly config: Config
  readonly faults: readonly string[]
} {
  const faults: string[] = []
  const entries = Object.entries(settings).map(([name, setting]) => {
    const given = readText(name, env, faults)
    if (given === undefined || given === '') return [name, setting.default]
    const value: unknown = setting.read(given)
    if (!isFault(value)) return [name, value]
    faults.push(
      `${name} ${value.fault}${setting.kind === 'address' ? '' : `, not “${'secret' in setting ? '…' : given}”`}`
    )
    return [name, setting.default]
  })
  // Each value was read by the setting of the same name.
  const config = Object.fromEntries(entries) as Config
  return { config, faults: [...faults, ...incomplete(config), ...keptTogether(config, env), ...unsafe(config)] }
}

/** Values that must never appear in a log line, a metric or an error. */
export const secretValues = (config: Config): string[] =>
  Object.entries(settings).flatMap(([name, setting]) => {
    const value = config[name as SettingName]
    if (!('secret' in setting) || value === null) return []
    return [value].flat().flatMap((one) => {
      const [address = ''] = addressesOf(String(one))
      const password = URL.canParse(address)
        ? decodeURIComponent(new URL(address).password)
        : (/AccountKey=([^;]+)/.exec(address)?.[1] ?? '')
      return password === '' ? [String(one)] : [String(one), password]
    })
  })

function readText(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  faults: string[]
): string | undefined {
  const file = env[`${name}_FILE`]
  if (file === undefined || file === '') return env[name]?.trim()
  if (env[name]) faults.push(`${name} and ${name}_FILE are both set: keep one`)
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    faults.push(`${name}_FILE: cannot read ${file} (${error instanceof Error ? error.message : String(error)})`)
    return undefined
  }
}

/** Settings that only mean something together. */
function incomplete(config: Config): string[] {
  const faults: string[] = []
  if (config.DATABASE_DIRECT_URL && !config.DATABASE_URL)
    faults.push('DATABASE_DIRECT_URL stands beside DATABASE_URL: set that too, or only that')
  if (config.DATABASE_REPLICA_URL.length > 0 && !config.DATABASE_URL)
    faults.push('DATABASE_REPLICA_URL names replicas of DATABASE_URL, and the embedded database has none: set that too')
  if (config.STORAGE === 's3') {
    if (!config.S3_BUCKET) faults.push('S3_BUCKET is required with STORAGE=s3')
    if ((config.S3_ACCESS_KEY_ID === null) !== (config.S3_SECRET_ACCESS_KEY === null))
      faults.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both, or neither')
  }
  if (config.STORAGE === 'azure' && !config.AZURE_STORAGE_CONNECTION_STRING)
    faults.push('AZURE_STORAGE_CONNECTION_STRING is required with STORAGE=azure')
  if (config.BACKUP_OFFSITE && !config.BACKUP_REPOSITORY)
    faults.push('BACKUP_OFFSITE stands beside BACKUP_REPOSITORY: set that too, or only that')
  if (config.BACKUP_OFFSITE && config.BACKUP_OFFSITE === config.BACKUP_REPOSITORY)
    faults.push('BACKUP_OFFSITE is the same place as BACKUP_REPOSITORY: choose another, or leave it out')
  if (config.BACKUP_REPOSITORY && !config.BACKUP_RECIPIENT)
    faults.push('BACKUP_RECIPIENT is required with BACKUP_REPOSITORY: `lyceum backup setup` makes both')
  if (config.CDN_URL && (config.STORAGE === 'disk' || !config.STORAGE_DIRECT))
    faults.push('CDN_URL stands in front of object storage: set STORAGE to s3 or azure, with STORAGE_DIRECT on')
  return faults
}

/** Whoever gets the backups must not get their key with them. */
function keptTogether(
  { BACKUP_REPOSITORY, BACKUP_OFFSITE }: Config,
  { BACKUP_IDENTITY_FILE }: Readonly<Record<string, string | undefined>>
): string[] {
  if (!BACKUP_IDENTITY_FILE) return []
  return [BACKUP_REPOSITORY, BACKUP_OFFSITE]
    .filter((address) => address !== null && liesWithin(BACKUP_IDENTITY_FILE, address))
    .map((address) => `BACKUP_IDENTITY_FILE lies in the repository ${address}: move it elsewhere, or it is no secret`)
}

function unsafe(config: Config): string[] {
  if (config.LYCEUM_ENV !== 'production') return []
  const faults: string[] = []
  if (!config.PUBLIC_URL) faults.push('PUBLIC_URL is required in production: links in mail are made from it')
  else if (!config.PUBLIC_URL.startsWith('https:'))
    faults.push('PUBLIC_URL must be https in production: cookies are only safe over TLS')
  for (const name of ['TOKEN_SECRET', 'FILE_SECRET', 'PIN_SECRET'] as const) {
    const value = config[name]
    if (!value) faults.push(`${name} is required in production: make one with \`lyceum secrets generate\``)
    else if (isWeak(value)) faults.push(`${name} is too weak: use at least 32 random characters`)
  }
  const given = [config.TOKEN_SECRET, config.FILE_SECRET, config.PIN_SECRET].filter((value) => value !== null)
  if (new Set(given).size < given.length) faults.push('TOKEN_SECRET, FILE_SECRET and PIN_SECRET must differ')
  if (config.FRONTEND_URL.some((origin) => !origin.startsWith('https:')))
    faults.push('FRONTEND_URL must be https in production: pages of such an origin act for whoever is signed in')
  if (!config.SMTP_URL)
    faults.push('SMTP_URL is required in production: without it nobody gets an invitation or a password reset')
  if (config.TASKS_FORCE_INLINE) faults.push('TASKS_FORCE_INLINE is for tests: remove it')
  if (config.FIREBASE_KEYS_URL)
    faults.push('FIREBASE_KEYS_URL is for tests: whoever serves those keys can sign in as anyone; remove it')
  if (config.TENANT_HEADER && !config.TRUST_PROXY)
    faults.push(
      'TENANT_HEADER lets anyone choose a school: set TRUST_PROXY too, behind a gateway that overwrites the header'
    )
  return faults
}

/** What somebody typed instead of drawing it. */
export const isWeak = (secret: string): boolean => secret.length < 32 || new Set(secret).size < 10

const isFault = (value: unknown): value is Fault => typeof value === 'object' && value !== null && 'fault' in value
