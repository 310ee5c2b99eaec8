import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import type * as Age from 'age-encryption'
import { replaceFile } from './home-source.ts'
import { codeOf, reasonOf, type SecretSource, SecretsRefused } from './source.ts'

export interface BundlePlace {
  readonly path: string
  /** What an identity file holds: `AGE-SECRET-KEY-1…`, with or without comments. */
  readonly identity: string
  /** Public keys of others who can open it. */
  readonly recipients: readonly string[]
}

const ARMOURED = '-----BEGIN AGE ENCRYPTED FILE-----'
const HEAD = '# Secrets of Lyceum, one NAME=value a line. By hand: age -d -i IDENTITY_FILE THIS_FILE\n'

/** A file of lines `NAME=value`, encrypted with age (age-encryption.org/v1), which operators open by hand with `age`. */
export function bundleSource({ path, identity, recipients }: BundlePlace): SecretSource {
  const read = async (): Promise<Readonly<Record<string, string>>> => {
    const bytes = readBytes(path)
    if (bytes === undefined) return {}
    const age = await load()
    const decrypter = new age.Decrypter()
    for (const key of keysIn(identity)) decrypter.addIdentity(key)
    let text: string
    try {
      text = await decrypter.decrypt(isArmoured(bytes) ? age.armor.decode(bytes.toString()) : bytes, 'text')
    } catch {
      const own = await Promise.all(keysIn(identity).map((key) => age.identityToRecipient(key)))
      throw new SecretsRefused(
        'secrets.unreadable',
        `The bundle ${path} cannot be opened with SECRETS_IDENTITY: it was encrypted for others than ${own.join(', ')}, or it is damaged. Use the identity it was made for, restore it from the backup, or encrypt it anew: age -r ${own[0] ?? 'age1…'} -o ${path} FILE`
      )
    }
    return Object.fromEntries(
      Object.entries(parseEnv(text)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
    )
  }
  return {
    name: 'bundle',
    place: path,
    files: [path],
    read: async () => {
      const changedAt = statOf(path)
      return new Map(Object.entries(await read()).map(([name, value]) => [name, { value, changedAt }]))
    },
    write: (changes) =>
      aloneAt(path, async () => {
        const before = readBytes(path)
        const values = new Map(Object.entries(await read()))
        for (const [name, value] of changes) {
          if (value === null) values.delete(name)
          else values.set(name, value)
        }
        const age = await load()
        const encrypter = new age.Encrypter()
        const own = await Promise.all(keysIn(identity).map((key) => age.identityToRecipient(key)))
        try {
          for (const recipient of new Set([...own, ...recipients])) encrypter.addRecipient(recipient)
        } catch (error) {
          throw new SecretsRefused(
            'secrets.refused',
            `SECRETS_RECIPIENTS: ${reasonOf(error)}. Public keys of age begin with age1; age-keygen -y prints them.`
          )
        }
        const bytes = await encrypter.encrypt(HEAD + [...values].map(([name, value]) => lineOf(name, value)).join(''))
        replaceFile(path, before && isArmoured(before) ? age.armor.encode(bytes) : bytes)
      })
  }
}

/** As every reader of .env files reads it back. @throws SecretsRefused for what no quotes can hold */
export function lineOf(name: string, value: string): string {
  if (/^[\w./:@+=,~-]+$/.test(value)) return `${name}=${value}\n`
  const quote = ["'", '`', '"'].find((mark) => !value.includes(mark) && (mark !== '"' || !value.includes('\\')))
  if (quote === undefined)
    throw new SecretsRefused(
      'secrets.refused',
      `${name} has every kind of quote in it and does not fit a bundle. Choose another value.`
    )
  return `${name}=${quote}${value}${quote}\n`
}

// Loaded where it is used only: most installations have no bundle.
const load = (): Promise<typeof Age> => import('age-encryption')

function keysIn(identity: string): string[] {
  const keys = identity.split(/\s+/).filter((word) => word.startsWith('AGE-SECRET-KEY-'))
  if (keys.length > 0) return keys
  throw new SecretsRefused(
    'secrets.refused',
    'SECRETS_IDENTITY is no identity of age: it has no line that begins with AGE-SECRET-KEY-. Name the file that age-keygen made: SECRETS_IDENTITY_FILE.'
  )
}

const isArmoured = (bytes: Buffer): boolean => bytes.subarray(0, ARMOURED.length).toString() === ARMOURED

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    // The first `lyceum secrets set` makes it.
    if (codeOf(error) === 'ENOENT') return undefined
    throw new SecretsRefused(
      'secrets.unreadable',
      `The bundle ${path} cannot be read (${reasonOf(error)}). Give it to the user that runs Lyceum, or correct SECRETS_BUNDLE.`
    )
  }
}

function statOf(path: string): Date | null {
  try {
    return statSync(path).mtime
  } catch {
    return null
  }
}

/** Two commands that change a file by reading, changing and writing it would undo each other's work. */
async function aloneAt(path: string, work: () => Promise<void>): Promise<void> {
  const lock = `${path}.lock`
  try {
    closeSync(openSync(lock, 'wx', 0o600))
  } catch (error) {
    throw codeOf(error) === 'EEXIST'
      ? new SecretsRefused(
          'secrets.busy',
          `Another command is writing ${path}. If none is, remove ${lock} and try again.`
        )
      : new SecretsRefused('secrets.refused', `${path} cannot be written: ${reasonOf(error)}. Run this as its owner.`)
  }
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}
