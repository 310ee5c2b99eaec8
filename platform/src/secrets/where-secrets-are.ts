import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { settings } from '../config/settings.ts'
import { homeFile } from './home-source.ts'
import { type Environment, type FoundSecret, loadSecrets } from './load-secrets.ts'

/** A secret by its name, and where it is kept; never what it is. */
export interface SecretPlace {
  readonly name: string
  readonly where: string
}

const PLACES = {
  environment: () => 'the environment, or .env',
  file: (place) => place,
  home: (place, name) => join(place, homeFile(name)),
  bundle: (place) => `the encrypted file ${place}`,
  vault: (place) => `Vault, ${place}`,
  'azure-key-vault': (place) => `Azure Key Vault, ${place}`
} as const satisfies Record<FoundSecret['from'], (place: string, name: string) => string>

/**
 * Where an installation keeps each of its secrets: one that is restored has to get them from there.
 * @throws SecretsRefused where a place cannot be read
 */
export async function whereSecretsAre(environment: Environment): Promise<SecretPlace[]> {
  const { found } = await loadSecrets(environment)
  const known = [...found].map(([name, { from, place }]) => ({ name, where: PLACES[from](place, name) }))
  const folder = join(resolve(environment.LYCEUM_HOME || settings.LYCEUM_HOME.default), 'secrets')
  const made = existsSync(folder) ? readdirSync(folder).sort() : []
  const said = new Set(known.map(({ where }) => where))
  return [
    ...known,
    ...made.map((name) => ({ name, where: join(folder, name) })).filter(({ where }) => !said.has(where))
  ]
}
