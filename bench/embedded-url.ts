import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The embedded database of a running product, as its owner. */
export function embeddedUrl(home: string): string {
  const port = readFileSync(join(home, 'postgres.port'), 'utf8').trim()
  const password = readFileSync(join(home, 'secrets', 'postgres-password'), 'utf8').trim()
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/lyceum`
}
