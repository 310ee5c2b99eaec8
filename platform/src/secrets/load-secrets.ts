import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { settings } from '../config/settings.ts'
import { azureSource } from './azure-source.ts'
import { bundleSource } from './bundle-source.ts'
import { homeSource } from './home-source.ts'
import { besideFile, companionsOf, SECRET_NAMES } from './names.ts'
import { reasonOf, type SecretSource, SecretsRefused, type SourceName, type StoredSecret } from './source.ts'
import { vaultSource } from './vault-source.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where a secret that is in force was found. */
export interface FoundSecret {
  readonly value: string
  readonly from: SourceName | 'environment' | 'file'
  readonly place: string
  readonly changedAt: Date | null
  /** Other places that have it too, and are not listened to. */
  readonly hiding: readonly string[]
}

export interface LoadedSecrets {
  /** With what the places hold, as if it had stood in the environment. */
  readonly environment: Environment
  readonly found: ReadonlyMap<string, FoundSecret>
}

/**
 * Reads every place that secrets are kept in, before the settings are read. What stands in the environment, or in a file
 * that it names, goes before the places of SECRETS_FROM in their order, and LYCEUM_HOME/secrets comes last.
 * @throws SecretsRefused where a place that was named cannot be read: starting with half of them would be worse
 */
export async function loadSecrets(environment: Environment): Promise<LoadedSecrets> {
  const read: { readonly source: SecretSource; readonly values: ReadonlyMap<string, StoredSecret> }[] = []
  for (const source of openSources(environment)) read.push({ source, values: await source.read() })
  const given = new Map<string, string>()
  const found = new Map<string, FoundSecret>()
  for (const name of SECRET_NAMES) {
    const holders = read.filter(({ values }) => values.has(name))
    const hiding = (from: number): string[] => holders.slice(from).map(({ source }) => source.place)
    try {
      const direct = inEnvironment(environment, name)
      if (direct) {
        found.set(name, { ...direct, hiding: hiding(0) })
        if (direct.from === 'file')
          for (const companion of companionsOf(name)) {
            const beside = readBeside(besideFile(direct.place, name, companion))
            if (beside !== '' && !isGiven(environment, companion)) given.set(companion, beside)
          }
        continue
      }
    } catch {
      // Told with everything else that is wrong with the settings, when they are read.
      continue
    }
    const [holder] = holders
    const stored = holder?.values.get(name)
    if (!holder || !stored) continue
    given.set(name, stored.value)
    found.set(name, {
      ...stored,
      from: holder.source.name,
      place: holder.source.place,
      changedAt: stored.changedAt,
      hiding: hiding(1)
    })
    for (const companion of companionsOf(name)) {
      const beside = holder.values.get(companion)
      if (beside && !isGiven(environment, companion)) given.set(companion, beside.value)
    }
  }
  return { environment: { ...environment, ...Object.fromEntries(given) }, found }
}

/** The places that the environment names, in the order in which they are asked; none of them is asked yet. */
export function openSources(environment: Environment): SecretSource[] {
  const wanted = readSetting('SECRETS_FROM', environment)
  const home = homeSource(resolve(environment.LYCEUM_HOME || settings.LYCEUM_HOME.default))
  return [...wanted.map((name) => openSource(name, environment)), home]
}

/** By what they were opened with: whoever has signed in stays signed in, and is asked again in a minute. */
const opened = new Map<string, SecretSource>()

function keep<Place>(open: (place: Place) => SecretSource, place: Place): SecretSource {
  const key = JSON.stringify([open.name, place])
  const source = opened.get(key) ?? open(place)
  opened.set(key, source)
  return source
}

function openSource(name: string, environment: Environment): SecretSource {
  const text = (setting: keyof typeof settings): string | null => textOf(setting, environment)
  const needed = (setting: keyof typeof settings, todo: string): string => {
    const value = text(setting)
    if (value !== null) return value
    throw new SecretsRefused('secrets.refused', `SECRETS_FROM names ${name}, and ${setting} is missing: ${todo}.`)
  }
  if (name === 'bundle')
    return keep(bundleSource, {
      path: resolve(needed('SECRETS_BUNDLE', 'set it to the path of the encrypted file')),
      identity: needed(
        'SECRETS_IDENTITY',
        'set SECRETS_IDENTITY_FILE to the file that age-keygen made, kept in another place than the bundle'
      ),
      recipients: readSetting('SECRETS_RECIPIENTS', environment)
    })
  if (name === 'vault') {
    const token = text('VAULT_TOKEN')
    return keep(vaultSource, {
      address: needed('VAULT_ADDR', 'set it to the address of Vault, such as https://vault.example.org:8200'),
      namespace: text('VAULT_NAMESPACE'),
      mount: text('VAULT_MOUNT') ?? settings.VAULT_MOUNT.default,
      path: text('VAULT_PATH') ?? settings.VAULT_PATH.default,
      signIn:
        token !== null
          ? { token }
          : {
              roleId: needed('VAULT_ROLE_ID', 'set it and VAULT_SECRET_ID, or VAULT_TOKEN'),
              secretId: needed('VAULT_SECRET_ID', 'set it beside VAULT_ROLE_ID')
            }
    })
  }
  return keep(azureSource, needed('AZURE_KEY_VAULT_URL', 'set it to the address of the vault'))
}

/** The same way as every setting is read, for the few that say where the others are. @throws SecretsRefused */
function readSetting(name: 'SECRETS_FROM' | 'SECRETS_RECIPIENTS', environment: Environment): readonly string[] {
  const text = textOf(name, environment)
  if (text === null) return settings[name].default
  const value = settings[name].read(text)
  if (!('fault' in value)) return value
  throw new SecretsRefused('secrets.refused', `${name} ${value.fault}, not “${text}”.`)
}

const textOf = (name: string, environment: Environment): string | null =>
  inEnvironment(environment, name)?.value ?? null

function inEnvironment(
  environment: Environment,
  name: string
): (Omit<FoundSecret, 'hiding' | 'from'> & { readonly from: 'environment' | 'file' }) | undefined {
  const file = environment[`${name}_FILE`]
  if (file) {
    try {
      const value = readFileSync(file, 'utf8').trim()
      return value === '' ? undefined : { value, from: 'file', place: file, changedAt: statSync(file).mtime }
    } catch (error) {
      throw new SecretsRefused(
        'secrets.unreadable',
        `${name}_FILE: cannot read ${file} (${reasonOf(error)}). Make it readable for the user that runs Lyceum, or correct the path.`
      )
    }
  }
  const value = environment[name]?.trim()
  return value ? { value, from: 'environment', place: 'the environment', changedAt: null } : undefined
}

const isGiven = (environment: Environment, name: string): boolean =>
  Boolean(environment[name]) || Boolean(environment[`${name}_FILE`])

/** @returns '' where there is none: most secrets were never exchanged */
function readBeside(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

/** Files whose change may change a secret: looked at now and then, because notices of changes do not come from every file system. */
export function secretFiles(environment: Environment): readonly string[] {
  const named = Object.entries(environment).flatMap(([name, path]) =>
    name.endsWith('_FILE') && name.slice(0, -5) in settings && path
      ? [path, ...companionsOf(name.slice(0, -5)).map((companion) => besideFile(path, name.slice(0, -5), companion))]
      : []
  )
  return [...named, ...openSources(environment).flatMap(({ files }) => files)]
}

/** Whether a place has to be asked, because no file of this machine tells. */
export const asksElsewhere = (environment: Environment): boolean =>
  openSources(environment).some(({ files }) => files.length === 0)
