import { resolve } from 'node:path'
import { type Config, lookAtConfig, secretValues } from '@lyceum/platform/config'
import { fileSource } from '@lyceum/platform/file-source'
import { type FoundSecret, loadSecrets, openSources } from '@lyceum/platform/load-secrets'
import { SECRET_NAMES } from '@lyceum/platform/secret-names'
import type { SecretSource, SourceName } from '@lyceum/platform/secret-source'
import { hide, readEnvironment } from '../environment.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'

/** Everything about the secrets of an installation, also where its settings are not right yet. */
export interface SecretPlace {
  readonly config: Config
  readonly home: string
  readonly found: ReadonlyMap<string, FoundSecret>
  /** That can be written, in the order in which they are asked. */
  readonly sources: readonly SecretSource[]
}

export async function openSecretPlace(): Promise<SecretPlace> {
  const given = readEnvironment()
  const { environment, found } = await loadSecrets(given)
  const { config } = lookAtConfig(environment)
  for (const value of secretValues(config)) hide(value)
  return { config, home: resolve(config.LYCEUM_HOME), found, sources: openSources(given) }
}

/** @throws for a name that is no secret */
export function readSecretName(given: string): string {
  const name = given.toUpperCase().replaceAll('-', '_')
  if (SECRET_NAMES.includes(name)) return name
  throw new CommandFailed(
    'secrets.unknown',
    `${given} is no secret of Lyceum. There are: ${SECRET_NAMES.join(', ')}.`,
    exitCodes.usage
  )
}

/**
 * Where a secret is written: where it is, or else in the first place that there is.
 * @throws where it stands in the environment, which goes before every place and which nobody can change from here
 */
export function sourceFor(name: string, { found, sources }: SecretPlace, wanted: SourceName | undefined): SecretSource {
  const there = found.get(name)
  if (wanted === undefined && there?.from === 'file') return fileSource(name, there.place)
  const chosen = wanted ?? (there?.from === 'environment' ? undefined : there?.from)
  if (wanted === undefined && there && chosen === undefined)
    throw new CommandFailed(
      'secrets.elsewhere',
      `${name} comes from the environment, which goes before everything else and is changed where it is made. Change it there (docs/operators/secrets.md, “In the environment”), or put it into another place with --into and take it out of there.`,
      exitCodes.refused
    )
  const source = sources.find((one) => one.name === chosen) ?? (wanted === undefined ? sources[0] : undefined)
  if (source) return source
  throw new CommandFailed(
    'secrets.no-source',
    `${wanted} is not in SECRETS_FROM. Set it there first: SECRETS_FROM=${wanted}`,
    exitCodes.usage
  )
}
