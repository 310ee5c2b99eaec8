import { createHmac, timingSafeEqual } from 'node:crypto'

/** Who is asking, already authenticated, and for which tenant. */
export interface Caller {
  readonly tenantId: string
  /** Null for anyone not signed in, and for the installation itself. */
  readonly userId: string | null
  readonly name: string
  readonly role: string | null
  readonly permissions: readonly string[]
  /** The sign-in this request belongs to. */
  readonly signInId: string | null
  /** Another module, a job or a reaction of this installation is asking. */
  readonly internal: boolean
}

export const anyone = (tenantId: string): Caller => ({
  tenantId,
  userId: null,
  name: '',
  role: null,
  permissions: [],
  signInId: null,
  internal: false
})

/** The installation acting by itself (a job, a reaction to an event) inside one tenant. */
export const installation = (tenantId: string): Caller => ({ ...anyone(tenantId), internal: true })

export const asInternal = (caller: Caller): Caller => ({ ...caller, internal: true })

/** A value signed for a purpose, as `<body>.<signature>`; the purpose keeps one use from serving another. */
export const sign = (body: string, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('base64url')

/** Compares in constant time, so that the answer's delay tells nothing. */
export function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
