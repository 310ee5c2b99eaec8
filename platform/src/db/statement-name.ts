import { createHash } from 'node:crypto'

const names = new Map<string, string>()

/** A statement's name is a digest of its text, so that equal texts share one plan on a connection. */
export function statementName(text: string): string {
  const known = names.get(text)
  if (known) return known
  const name = `l${createHash('sha1').update(text).digest('base64url').slice(0, 20)}`
  if (names.size < 5_000) names.set(text, name)
  return name
}
