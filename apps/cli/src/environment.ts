import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** Settings from the environment; a `.env` in this folder fills in what is not set there. */
export function readEnvironment(): Record<string, string | undefined> {
  return { ...(existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {}), ...process.env }
}
