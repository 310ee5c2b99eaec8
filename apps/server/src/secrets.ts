import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { homeFile } from '@lyceum/platform/home-source'

/**
 * A secret of this installation: made on first use and kept in `<home>/secrets`, readable by its owner only.
 * @param name of its setting, such as `TOKEN_SECRET`
 */
export function installationSecret(home: string, name: string, make = drawSecret): string {
  const folder = join(home, 'secrets')
  const path = join(folder, homeFile(name))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  try {
    writeFileSync(path, `${make()}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!isExisting(error)) throw error
  }
  return readFileSync(path, 'utf8').trim()
}

/** 256 random bits, safe in addresses and settings. */
export const drawSecret = (): string => randomBytes(32).toString('base64url')

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
const isMissing = (error: unknown) => hasCode(error, 'ENOENT')
const isExisting = (error: unknown) => hasCode(error, 'EEXIST')
