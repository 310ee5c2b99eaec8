import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { Decrypter, Encrypter } from 'age-encryption'

/** Encrypts for whoever holds the identity. */
export interface Sealer {
  seal(plain: Buffer): Promise<Buffer>
}

export interface Opener {
  /** @throws where it was sealed for somebody else, or is not what was sealed */
  open(sealed: Buffer): Promise<Buffer>
}

/** One file key serves so many objects: each has a random nonce of its own, and so a key stream of its own. */
const OBJECTS_PER_FILE_KEY = 1_000
const PIECE = 64 * 1024
const TAG = 16
const NONCE = 16
const MAC_LINE = Buffer.from('\n--- ')

/**
 * Files in the format of age (age-encryption.org/v1), so that `age --decrypt` opens them without us. Headers and keys are the
 * library's; the payload, which is all the work, is done by OpenSSL, some twenty times faster than in JavaScript.
 */
export function createSealer(recipient: string): Sealer {
  let header: { readonly bytes: Buffer; readonly fileKey: Buffer } | undefined
  let used = 0
  return {
    seal: async (plain) => {
      if (header === undefined || used >= OBJECTS_PER_FILE_KEY) {
        header = await makeHeader(recipient)
        used = 0
      }
      used++
      const nonce = randomBytes(NONCE)
      return Buffer.concat([header.bytes, nonce, ...encrypt(payloadKey(header.fileKey, nonce), plain)])
    }
  }
}

export function createOpener(identity: string): Opener {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const fileKeys = new Map<string, Buffer>()
  return {
    open: async (sealed) => {
      const end = sealed.indexOf('\n', sealed.indexOf(MAC_LINE) + MAC_LINE.length) + 1
      if (!sealed.subarray(0, 22).equals(Buffer.from('age-encryption.org/v1\n')) || end < MAC_LINE.length)
        throw new Error('is not a file of age')
      const header = sealed.subarray(0, end)
      const name = header.toString('latin1')
      const fileKey = fileKeys.get(name) ?? Buffer.from(await decrypter.decryptHeader(header))
      if (fileKeys.size > 100) fileKeys.clear()
      fileKeys.set(name, fileKey)
      const nonce = sealed.subarray(end, end + NONCE)
      return decrypt(payloadKey(fileKey, nonce), sealed.subarray(end + NONCE))
    }
  }
}

/** The library hands every recipient the file key; the second one only remembers it and adds nothing to the header. */
async function makeHeader(recipient: string): Promise<{ bytes: Buffer; fileKey: Buffer }> {
  const encrypter = new Encrypter()
  let fileKey = Buffer.alloc(0)
  encrypter.addRecipient(recipient)
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = Buffer.from(key)
      return []
    }
  })
  const empty = Buffer.from(await encrypter.encrypt(new Uint8Array()))
  return { bytes: empty.subarray(0, empty.length - NONCE - TAG), fileKey }
}

const payloadKey = (fileKey: Buffer, nonce: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32))

/** STREAM as age has it: pieces of 64 KiB, each under a counter; the last one is marked, so that nothing can be cut off. */
function encrypt(key: Buffer, plain: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  const count = Math.max(1, Math.ceil(plain.length / PIECE))
  for (let index = 0; index < count; index++) {
    const cipher = createCipheriv('chacha20-poly1305', key, pieceNonce(index, index === count - 1), {
      authTagLength: TAG
    })
    pieces.push(cipher.update(plain.subarray(index * PIECE, (index + 1) * PIECE)), cipher.final(), cipher.getAuthTag())
  }
  return pieces
}

function decrypt(key: Buffer, payload: Buffer): Buffer {
  const pieces: Buffer[] = []
  const count = Math.max(1, Math.ceil(payload.length / (PIECE + TAG)))
  for (let index = 0; index < count; index++) {
    const piece = payload.subarray(index * (PIECE + TAG), (index + 1) * (PIECE + TAG))
    if (piece.length < TAG) throw new Error('is cut off')
    const decipher = createDecipheriv('chacha20-poly1305', key, pieceNonce(index, index === count - 1), {
      authTagLength: TAG
    })
    decipher.setAuthTag(piece.subarray(piece.length - TAG))
    pieces.push(decipher.update(piece.subarray(0, piece.length - TAG)), decipher.final())
  }
  return Buffer.concat(pieces)
}

function pieceNonce(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(index, 5, 6)
  nonce[11] = last ? 1 : 0
  return nonce
}
