import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'

/** An Ed25519 pair (RFC 8032): the private one signs what leaves the installation, anybody can check it with the public one. */
export interface SigningPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A new private key as AUDIT_SIGNING_KEY has it: PKCS #8 (RFC 5958) in DER, base64url. */
export const makeSigningKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url')

/** @throws where the setting holds something else; the message does not repeat it */
export function readSigningKey(setting: string): SigningPair {
  try {
    const privateKey = setting.includes('-----BEGIN')
      ? createPrivateKey(setting)
      : createPrivateKey({ key: Buffer.from(setting, 'base64url'), format: 'der', type: 'pkcs8' })
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('of another kind')
    return { privateKey, publicKey: createPublicKey(privateKey) }
  } catch {
    throw new Error(
      'AUDIT_SIGNING_KEY is no Ed25519 private key (PKCS #8, as PEM or as base64url of DER). Remove it to have one made, or make one: openssl genpkey -algorithm ed25519'
    )
  }
}

/** For giving to whoever will check a signature. */
export const publicPem = ({ publicKey }: Pick<SigningPair, 'publicKey'>): string =>
  publicKey.export({ format: 'pem', type: 'spki' }).toString()

/** @throws where the text is no public key of Ed25519 */
export function readPublicPem(pem: string): KeyObject {
  const key = createPublicKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is not an Ed25519 key')
  return key
}

/** By which a key is recognised: the 32 bytes themselves, which are public. */
export const keyName = (publicKey: KeyObject): string =>
  publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64url')

export const signBytes = (bytes: Uint8Array, { privateKey }: Pick<SigningPair, 'privateKey'>): Buffer =>
  sign(null, bytes, privateKey)

export const isSignedBy = (bytes: Uint8Array, signature: Uint8Array, publicKey: KeyObject): boolean =>
  signature.length === 64 && verify(null, bytes, publicKey, signature)
