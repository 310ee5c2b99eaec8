import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'
import { STORED_NAMES } from './names.ts'
import { codeOf, reasonOf, type SecretSource, SecretsRefused, type StoredSecret } from './source.ts'

/** The file that a secret lies in: `TOKEN_SECRET` in `token-secret`. */
export const homeFile = (name: string): string => name.toLowerCase().replaceAll('_', '-')

/** `<home>/secrets`: a file for each, readable by its owner only. */
export function homeSource(home: string): SecretSource {
  const folder = join(home, 'secrets')
  const refused = (path: string, error: unknown, todo: string): SecretsRefused =>
    new SecretsRefused('secrets.unreadable', `${path}: ${reasonOf(error)}. ${todo}`)
  return {
    name: 'home',
    place: folder,
    files: [folder, ...STORED_NAMES.map((name) => join(folder, homeFile(name)))],
    read: async () => {
      const there = new Set(entriesOf(folder))
      const found = new Map<string, StoredSecret>()
      for (const name of STORED_NAMES) {
        if (!there.has(homeFile(name))) continue
        const path = join(folder, homeFile(name))
        try {
          const value = readFileSync(path, 'utf8').trim()
          if (value !== '') found.set(name, { value, changedAt: statSync(path).mtime })
        } catch (error) {
          throw refused(path, error, 'Give it to the user that runs Lyceum: chown, and chmod 600.')
        }
      }
      return found
    },
    // One after another: `lyceum secrets rotate` gives them in an order in which a reader in between is not led astray.
    write: async (changes) => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        for (const [name, value] of changes) {
          const path = join(folder, homeFile(name))
          if (value === null) rmSync(path, { force: true })
          else replaceFile(path, `${value}\n`)
        }
      } catch (error) {
        throw refused(folder, error, 'Run this as the user that runs Lyceum.')
      }
    }
  }
}

/** Whole or not at all, also after the power was cut. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const passing = `${path}.${process.pid}.new`
  const file = openSync(passing, 'w', 0o600)
  try {
    writeSync(file, typeof content === 'string' ? Buffer.from(content) : content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(passing, path)
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw new SecretsRefused(
      'secrets.unreadable',
      `${folder}: ${reasonOf(error)}. Give it to the user that runs Lyceum: chown, and chmod 700.`
    )
  }
}
