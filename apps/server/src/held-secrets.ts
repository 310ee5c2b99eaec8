import type { Config } from '@lyceum/platform/config'
import { createKeys, type KeySettings, type Keys, oneKey } from '@lyceum/platform/keys'
import { createPassword, type Password } from '@lyceum/platform/login'
import { previousOf, ROTATABLE, type RotatableName, sinceOf } from '@lyceum/platform/secret-names'
import { LIVES_MS } from './secret-lives.ts'

/** What signs and seals in a process. */
export interface SigningKeys {
  readonly token: Keys
  readonly file: Keys
  readonly pin: Keys
  /** Undefined where one process does everything. */
  readonly service: Keys | undefined
}

/** The secrets of a running process that may be exchanged under it. */
export interface HeldSecrets {
  readonly keys: SigningKeys
  readonly app: Password
  readonly jobs: Password
  /** Uses what the settings say now. @returns the names of what is new */
  take(config: Config): readonly RotatableName[]
}

/** @param made what this installation has made itself, where the settings have none */
export function holdSecrets(
  config: Config,
  made: (name: RotatableName) => string,
  lookAgain: () => Promise<void>
): HeldSecrets {
  const initial = (name: RotatableName): KeySettings => settingsOf(config, name, made(name))
  const keys = {
    token: createKeys(initial('TOKEN_SECRET'), LIVES_MS.TOKEN_SECRET),
    file: createKeys(initial('FILE_SECRET'), LIVES_MS.FILE_SECRET),
    pin: createKeys(initial('PIN_SECRET'), LIVES_MS.PIN_SECRET),
    service:
      config.SERVICE_SECRET_KEY === null
        ? undefined
        : createKeys(initial('SERVICE_SECRET_KEY'), LIVES_MS.SERVICE_SECRET_KEY)
  }
  const password = (name: RotatableName) => createPassword(candidatesOf(initial(name)), lookAgain)
  const passwords = { app: password('DATABASE_APP_PASSWORD'), jobs: password('DATABASE_JOBS_PASSWORD') }
  const takers: Readonly<Record<RotatableName, (settings: KeySettings) => void>> = {
    TOKEN_SECRET: keys.token.exchange,
    FILE_SECRET: keys.file.exchange,
    PIN_SECRET: keys.pin.exchange,
    SERVICE_SECRET_KEY: (settings) => keys.service?.exchange(settings),
    DATABASE_APP_PASSWORD: (settings) => passwords.app.exchange(candidatesOf(settings)),
    DATABASE_JOBS_PASSWORD: (settings) => passwords.jobs.exchange(candidatesOf(settings))
  }
  const held = new Map(ROTATABLE.map((name) => [name, initial(name)]))
  return {
    keys,
    ...passwords,
    take: (next) =>
      ROTATABLE.filter((name) => {
        const before = held.get(name)
        const settings = settingsOf(next, name, before?.value ?? '')
        if (settings.value === '' || isSame(settings, before)) return false
        held.set(name, settings)
        takers[name](settings)
        return true
      })
  }
}

/** Keys that are never exchanged, for tests and for tools. */
export const fixedKeys = (secrets: {
  readonly token: string
  readonly file: string
  readonly pin: string
}): SigningKeys => ({
  token: oneKey(secrets.token),
  file: oneKey(secrets.file),
  pin: oneKey(secrets.pin),
  service: undefined
})

function settingsOf(config: Config, name: RotatableName, otherwise: string): KeySettings {
  const since = config[sinceOf(name)]
  return {
    value: config[name] ?? otherwise,
    previous: config[previousOf(name)],
    since: since === null ? null : new Date(since)
  }
}

/** The one that PostgreSQL is told at a start comes first: not the new one before its time, which others may not know yet. */
function candidatesOf({ value, previous, since }: KeySettings): readonly string[] {
  if (previous === null) return [value]
  return since !== null && since.getTime() > Date.now() ? [previous, value] : [value, previous]
}

const isSame = (one: KeySettings, other: KeySettings | undefined): boolean =>
  one.value === other?.value && one.previous === other.previous && one.since?.getTime() === other.since?.getTime()
