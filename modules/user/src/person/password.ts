import { defineError } from '@lyceum/platform/errors'
import { hash, verify } from '@node-rs/argon2'

/** OWASP's first choice for Argon2id: 19 MiB, two passes, one lane; about 30 ms here. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

const MIN_LENGTH = 8
const MAX_LENGTH = 128

const PasswordRefused = defineError(
  'user.password-refused',
  'invalid',
  (why: string) => `Please choose another password: ${why}.`,
  (why) => ({ errors: [{ field: '/password', code: 'refused', message: why }] })
)

export const hashPassword = (password: string): Promise<string> => hash(normal(password), COST)

/** Takes as long for an account without a password (or none at all) as for one with, so that the delay tells nothing. */
export async function passwordFits(digest: string | null, password: string): Promise<boolean> {
  const fits = await verify(digest ?? (await nobody()), normal(password))
  return fits && digest !== null
}

let nobodyDigest: Promise<string> | undefined
const nobody = (): Promise<string> => {
  nobodyDigest ??= hashPassword(`nobody ${Math.random()}`)
  return nobodyDigest
}

/**
 * NIST SP 800-63B §5.1.1.2: at least eight characters, long phrases and every character welcome, no rules about kinds of
 * characters, but nothing that is commonly used or says who the person is.
 * @throws user.password-refused with the reason
 */
export async function checkPassword(
  password: string,
  about: { readonly name: string; readonly email: string }
): Promise<void> {
  const given = normal(password)
  const length = [...given].length
  if (length < MIN_LENGTH) throw PasswordRefused(`it needs at least ${MIN_LENGTH} characters`)
  if (length > MAX_LENGTH) throw PasswordRefused(`it can have at most ${MAX_LENGTH} characters`)
  const lower = given.toLowerCase()
  if (new Set(lower).size < 4) throw PasswordRefused('it repeats the same characters')
  const own = [
    ...about.name.toLowerCase().split(/\s+/),
    about.email.toLowerCase(),
    about.email.toLowerCase().split('@')[0] ?? ''
  ]
  if (own.some((word) => word.length >= 4 && lower.includes(word) && lower.length - word.length < 4)) {
    throw PasswordRefused('it is made of your name or address')
  }
  if ((await commonPasswords()).has(lower))
    throw PasswordRefused('it is one of the most used passwords and is guessed first')
}

let common: Promise<ReadonlySet<string>> | undefined
/** Read on first use: the list is 400 kB that an idle server does not need. */
const commonPasswords = (): Promise<ReadonlySet<string>> => {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].map(String))
  )
  return common
}

/** The same password typed on another keyboard must be the same bytes (SP 800-63B: NFKC). */
const normal = (password: string): string => password.normalize('NFKC')
