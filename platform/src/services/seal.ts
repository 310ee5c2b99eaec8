import { createHash, createHmac, randomBytes } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { sameSecret } from '../auth/caller.ts'
import type { Clock } from '../clock.ts'
import { nullable } from '../contract/schema.ts'
import { defineError } from '../errors.ts'

const SealMissing = defineError(
  'service.seal-missing',
  'unauthenticated',
  () => 'This process answers the gateway and other services of its installation only. Ask the gateway.'
)
const SealRefused = defineError(
  'service.seal-refused',
  'unauthenticated',
  (why: string) => `The seal of this request is not believed: ${why}. Check SERVICE_SECRET_KEY and the clocks.`
)

/** How far the clocks of two machines may be apart, and how long a seal can be used: once within this. */
const WINDOW_MS = 30_000

export const SEAL_HEADER = 'x-lyceum-seal'
export const SEALED_HEADER = 'x-lyceum-sealed'

/** Who asks, as the gateway or another service has found out, and what it knows of the request. */
const Sealed = Type.Object({
  caller: Type.Object({
    tenantId: Type.String(),
    userId: nullable(Type.String()),
    name: Type.String(),
    role: nullable(Type.String()),
    permissions: Type.Array(Type.String()),
    signInId: nullable(Type.String()),
    internal: Type.Boolean()
  }),
  request: Type.Object({
    id: Type.String(),
    address: Type.String(),
    userAgent: Type.String(),
    origin: Type.String(),
    refreshCookie: nullable(Type.String()),
    providerCookie: nullable(Type.String()),
    synthetic: Type.Optional(Type.Boolean())
  })
})
export type Sealed = Static<typeof Sealed>

const sealedForm = Compile(Sealed)

export interface SealedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Covered by the seal where it is known before it is sent; the bodies of uploads and forwarded requests are not. */
  readonly body?: string
}

export interface Seals {
  /** Headers by which another process of the installation believes who is asking. */
  seal(request: SealedRequest, sealed: Sealed): Record<string, string>
  /**
   * What was sealed.
   * @throws service.seal-missing, service.seal-refused
   */
  open(request: SealedRequest, headers: Readonly<Record<string, string | string[] | undefined>>): Sealed
}

/**
 * Seals requests between processes with HMAC-SHA-256 over method, address, caller, body, time and a number used once.
 * @param keys the first one seals; all of them open, so that a key is exchanged without a failed request: new one first
 *   everywhere with the old one behind it, then without
 */
export function createSeals({ keys, clock }: { readonly keys: readonly string[]; readonly clock: Clock }): Seals {
  const [current] = keys
  if (current === undefined) throw new Error('Sealing needs at least one key.')
  const byId = new Map(keys.map((key) => [idOf(key), key]))
  const used = usedOnce(clock)
  return {
    seal: (request, sealed) => {
      const carried = Buffer.from(JSON.stringify(sealed)).toString('base64url')
      const stamp = `${idOf(current)}.${clock.now().getTime()}.${randomBytes(12).toString('base64url')}`
      return {
        [SEALED_HEADER]: carried,
        [SEAL_HEADER]: `${stamp}.${signatureOf(current, stamp, request, carried)}`
      }
    },
    open: (request, headers) => {
      const seal = headers[SEAL_HEADER]
      const carried = headers[SEALED_HEADER]
      if (typeof seal !== 'string' || typeof carried !== 'string') throw SealMissing()
      const [id = '', at = '', nonce = '', signature = ''] = seal.split('.')
      const key = byId.get(id)
      if (key === undefined) throw SealRefused('it was made with a key that is not known here')
      if (!sameSecret(signature, signatureOf(key, `${id}.${at}.${nonce}`, request, carried)))
        throw SealRefused('it belongs to another request')
      if (!(Math.abs(clock.now().getTime() - Number(at)) <= WINDOW_MS))
        throw SealRefused('it is too old, or from the future')
      if (!used.first(nonce)) throw SealRefused('it was used before')
      const sealed: unknown = JSON.parse(Buffer.from(carried, 'base64url').toString())
      return sealedForm.Parse(sealed)
    }
  }
}

const idOf = (key: string): string => createHash('sha256').update(`id:${key}`).digest('base64url').slice(0, 8)

function signatureOf(key: string, stamp: string, { method, url, body }: SealedRequest, carried: string): string {
  const digest = body === undefined ? '-' : createHash('sha256').update(body).digest('base64url')
  return createHmac('sha256', key)
    .update([stamp, method.toUpperCase(), url, carried, digest].join('\n'))
    .digest('base64url')
}

/** Remembers numbers for as long as a seal that carries one could be believed; the older half is forgotten at once. */
function usedOnce(clock: Clock): { first(nonce: string): boolean } {
  let recent = new Set<string>()
  let before = new Set<string>()
  let since = clock.now().getTime()
  return {
    first: (nonce) => {
      const now = clock.now().getTime()
      if (Math.abs(now - since) > 2 * WINDOW_MS) {
        before = recent
        recent = new Set()
        since = now
      }
      if (recent.has(nonce) || before.has(nonce)) return false
      recent.add(nonce)
      return true
    }
  }
}
