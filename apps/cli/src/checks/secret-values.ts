import { statSync } from 'node:fs'
import { isWeak } from '@lyceum/platform/config'
import { addressesOf } from '@lyceum/platform/hosts'
import { type FoundSecret, loadSecrets } from '@lyceum/platform/load-secrets'
import { isRotatable, isSecret, ROTATABLE } from '@lyceum/platform/secret-names'
import { SecretsRefused } from '@lyceum/platform/secret-source'
import { readEnvironment } from '../environment.ts'
import { listSecrets } from '../secrets/list-secrets.ts'
import { openSecretPlace } from '../secrets/place.ts'
import { isPassword } from '../secrets/rotation.ts'
import { type Check, fault, note, ok, skipped } from './check.ts'

/** What everybody tries first. */
const DEFAULTS =
  /^(?:password|passwd|secret|changeme|change-me|admin|postgres|lyceum|guest|root|test|example|1234\d*)$/i

export const secretValues: Check = {
  what: 'secret values',
  check: async ({ config }) => {
    const loaded = await loadSecrets(readEnvironment()).catch((error: unknown) => {
      if (error instanceof SecretsRefused) return undefined
      throw error
    })
    if (!loaded) return skipped('cannot be read; see settings')
    const { found } = loaded
    const wrong = [...weak(found), ...shared(found)]
    if (wrong.length === 0) return ok(`${found.size} secrets, none weak, none used twice`)
    const say = config.LYCEUM_ENV === 'production' ? fault : note
    return say(
      wrong.join('; '),
      'lyceum secrets rotate NAME, or lyceum secrets set NAME where somebody else knows it too.'
    )
  }
}

export const secretAges: Check = {
  what: 'age of secrets',
  check: async ({ config: { SECRETS_MAX_AGE_DAYS } }) => {
    if (SECRETS_MAX_AGE_DAYS === 0) return skipped('SECRETS_MAX_AGE_DAYS is 0')
    const place = await openSecretPlace().catch((error: unknown) => {
      if (error instanceof SecretsRefused) return undefined
      throw error
    })
    if (!place) return skipped('cannot be read; see settings')
    const due = listSecrets(place, new Date()).filter((secret) => secret.due)
    return due.length === 0
      ? ok(`none older than ${SECRETS_MAX_AGE_DAYS} days, as far as that is known`)
      : note(
          due.map(({ name, ageDays }) => `${name} is ${ageDays} days old`).join('; '),
          'lyceum secrets rotate --all-due   signs nobody out.'
        )
  }
}

/** Files outside of LYCEUM_HOME that the environment names; those in it have a check of their own. */
export const namedSecretFiles: Check = {
  what: 'files with secrets',
  check: async ({ config }) => {
    const environment = readEnvironment()
    const named = Object.entries(environment).flatMap(([name, path]) =>
      path && name.endsWith('_FILE') && isSecret(name.slice(0, -5)) && !isMounted(path) ? [path] : []
    )
    const files = [...named, ...(holdsSecrets(environment) ? ['.env'] : [])]
    if (files.length === 0) return skipped('none')
    const open = files.filter((path) => (modeOf(path) & 0o004) !== 0)
    if (open.length === 0) return ok('readable by their owner or group only')
    const say = config.LYCEUM_ENV === 'production' ? fault : note
    return say(
      `everybody on this machine may read ${open.join(', ')}`,
      `chmod o-rwx ${open.join(' ')}   and, if somebody may have read them, replace what is in them: lyceum secrets rotate NAME --leaked`
    )
  }
}

function weak(found: ReadonlyMap<string, FoundSecret>): string[] {
  const signing = ROTATABLE.filter((name) => !isPassword(name))
  return [...found].flatMap(([name, { value }]) => {
    if (signing.some((one) => one === name) && isWeak(value)) return [`${name} is weak`]
    const password = isRotatable(name) ? value : passwordIn(value)
    return password !== undefined && DEFAULTS.test(password) ? [`${name} is a password that everybody tries first`] : []
  })
}

/** Two secrets of the same value fall together. Addresses of one database are one secret. */
function shared(found: ReadonlyMap<string, FoundSecret>): string[] {
  const names = new Map<string, string[]>()
  for (const [name, { value }] of found) {
    if (name === 'DATABASE_DIRECT_URL' || name === 'DATABASE_REPLICA_URL') continue
    const secret = passwordIn(value) ?? value
    names.set(secret, [...(names.get(secret) ?? []), name])
  }
  return [...names.values()]
    .filter((same) => same.length > 1)
    .map((same) => `${same.join(' and ')} have the same value`)
}

function passwordIn(value: string): string | undefined {
  const [address = ''] = addressesOf(value)
  if (!URL.canParse(address)) return undefined
  const { password } = new URL(address)
  return password === '' ? undefined : decodeURIComponent(password)
}

/** Where containers are handed secrets: nobody else lives in there. */
const isMounted = (path: string): boolean => /^\/(?:var\/)?run\/secrets\//.test(path)

const holdsSecrets = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  Object.keys(environment).some((name) => isSecret(name) && process.env[name] === undefined)

function modeOf(path: string): number {
  try {
    return statSync(path).mode
  } catch {
    return 0
  }
}
