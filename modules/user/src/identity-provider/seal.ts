import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Clock } from '@lyceum/platform/clock'
import type { Keys } from '@lyceum/platform/keys'

/** Keeps a text unreadable for whoever reads the database, and unusable in any place but its own. */
export interface Seal {
  /** @param place what the text belongs to: opening it for anything else fails */
  close(text: string, place: string): string
  /** @throws when it was sealed with another secret, for another place, or was changed */
  open(sealed: string, place: string): string
  /** The same sealed anew, where it was sealed with a key that is being exchanged; undefined where nothing needs doing. */
  renew(sealed: string, place: string): string | undefined
}

const PURPOSE = 'lyceum client secret'
const IV_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM under a key derived from the installation's secret by HKDF-SHA-256 (RFC 5869). */
export function createSeal(keys: Keys, clock: Clock): Seal {
  const close: Seal['close'] = (text, place) => {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', derived(keys.signing(clock.now())), iv).setAAD(Buffer.from(place))
    return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
  }
  /** @returns undefined where it was not sealed with this key for this place */
  const openWith = (key: string, sealed: string, place: string): string | undefined => {
    const bytes = Buffer.from(sealed, 'base64url')
    try {
      const decipher = createDecipheriv('aes-256-gcm', derived(key), bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES
      })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }
  const open: Seal['open'] = (sealed, place) => {
    for (const key of keys.all(clock.now())) {
      const text = openWith(key, sealed, place)
      if (text !== undefined) return text
    }
    throw new Error(
      'A client secret was sealed with a TOKEN_SECRET that is gone: type it in again in the settings of the school.'
    )
  }
  return {
    close,
    open,
    renew: (sealed, place) => {
      const [inUse = '', ...before] = keys.all(clock.now())
      if (before.length === 0 || openWith(inUse, sealed, place) !== undefined) return undefined
      const text = before.map((key) => openWith(key, sealed, place)).find((found) => found !== undefined)
      return text === undefined ? undefined : close(text, place)
    }
  }
}

const derived = (key: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', PURPOSE, 32))
