import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Keeps a text unreadable for whoever reads the database, and unusable in any place but its own. */
export interface Seal {
  /** @param place what the text belongs to: opening it for anything else fails */
  close(text: string, place: string): string
  /** @throws when it was sealed with another secret, for another place, or was changed */
  open(sealed: string, place: string): string
}

const PURPOSE = 'lyceum client secret'
const IV_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM under a key derived from the installation's secret by HKDF-SHA-256 (RFC 5869). */
export function createSeal(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, 32))
  return {
    close: (text, place) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place))
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
    },
    open: (sealed, place) => {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
    }
  }
}
