import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Config, readConfig, secretValues } from '@lyceum/platform/config'
import { loadSecrets } from '@lyceum/platform/load-secrets'

/** Settings from the environment; a `.env` in this folder fills in what is not set there. */
export function readEnvironment(): Record<string, string | undefined> {
  return { ...(existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {}), ...process.env }
}

const hidden = new Set<string>()

/**
 * The settings, with secrets from every place that they are kept in.
 * @param usual what holds where the environment says nothing
 * @throws SecretsRefused, ConfigRefused
 */
export async function readSettings(usual: Readonly<Record<string, string>> = {}): Promise<Config> {
  const { environment } = await loadSecrets({ ...usual, ...readEnvironment() })
  const config = readConfig(environment)
  for (const value of secretValues(config)) hide(value)
  return config
}

/** From now on this value is left out of whatever a command says went wrong. */
export const hide = (secret: string): void => {
  if (secret.length >= 6) hidden.add(secret)
}

/** A text without any secret that this command has read. */
export function withoutSecrets(text: string): string {
  let clean = text
  for (const secret of hidden) clean = clean.replaceAll(secret, '[redacted]')
  return clean
}
