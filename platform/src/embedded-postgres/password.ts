import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { EmbeddedPostgresError, messageOf, systemErrorCode } from './embedded-postgres-error.ts'
import type { HomeLayout } from './home-layout.ts'

/** The superuser's password; undefined when there is none yet or the file was lost. */
export async function readPassword(layout: HomeLayout): Promise<string | undefined> {
  try {
    return (await readFile(layout.passwordFile, 'utf8')).trim() || undefined
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw new EmbeddedPostgresError(
      'embedded-postgres.home-unusable',
      `${layout.passwordFile} cannot be read (${messageOf(error)}). Make the current user the owner of everything in ${layout.home}.`,
      { cause: error }
    )
  }
}

/** A new password of 192 bits that needs no escaping in URLs or SQL. */
export function createPassword(): string {
  return randomBytes(24).toString('base64url')
}

/** Stores the password, readable by the current user alone, completely or not at all. */
export async function storePassword(layout: HomeLayout, password: string): Promise<void> {
  const draft = `${layout.passwordFile}.new`
  await writeFile(draft, `${password}\n`, { mode: 0o600, flush: true })
  await rename(draft, layout.passwordFile)
}
