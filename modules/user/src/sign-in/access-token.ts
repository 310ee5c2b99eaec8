import { anyone, type Caller } from '@lyceum/platform/caller'
import { defineError } from '@lyceum/platform/errors'
import type { Keys } from '@lyceum/platform/keys'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { SchoolRole } from '../contract.ts'
import { permissionsOf } from '../person/role.ts'

/** Seconds an access token is believed. */
export const ACCESS_SECONDS = 15 * 60

/** Clocks of several servers differ by less; a token from further ahead was issued before the clock was put back. */
const SKEW_MS = 60_000

const AccessExpired = defineError('auth.access-expired', 'unauthenticated', () => 'Your sign-in needs refreshing.')
const AccessInvalid = defineError(
  'auth.access-invalid',
  'unauthenticated',
  () => 'This access token is not valid here. Sign in again.'
)

/** Who an access token is made out to. */
export interface Bearer {
  readonly tenantId: string
  readonly userId: string
  readonly signInId: string
  readonly name: string
  readonly role: SchoolRole
  readonly operator: boolean
}

export interface ReadToken {
  readonly caller: Caller
  /** Milliseconds since 1970, for comparing with revocations. */
  readonly issuedAt: number
  readonly expiresAt: number
}

export interface AccessTokens {
  issue(bearer: Bearer, now: Date): Promise<string>
  /** @throws auth.access-expired, auth.access-invalid */
  read(token: string, now: Date): Promise<ReadToken>
}

const ISSUER = 'lyceum'

/** JSON Web Tokens (RFC 7519) with HMAC-SHA-256: issued and read by this installation only. */
export function accessTokens(keys: Keys): AccessTokens {
  let { generation } = keys
  // A token is used many times in its quarter of an hour; its signature needs checking once.
  const known = new Map<string, ReadToken>()
  const remember = (token: string, read: ReadToken): ReadToken => {
    if (known.size >= 20_000) for (const oldest of known.keys()) if (known.delete(oldest) && known.size < 15_000) break
    known.set(token, read)
    return read
  }
  return {
    issue: ({ tenantId, userId, signInId, name, role, operator }, now) => {
      const seconds = Math.floor(now.getTime() / 1000)
      return new SignJWT({
        tid: tenantId,
        sid: signInId,
        name,
        role,
        ...(operator ? { op: true } : {}),
        ims: now.getTime()
      })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + ACCESS_SECONDS)
        .sign(inBytes(keys.signing(now)))
    },
    read: async (token, now) => {
      if (generation !== keys.generation) {
        known.clear()
        generation = keys.generation
      }
      const found = known.get(token)
      if (found) {
        mustBeOfNow(found, now)
        return found
      }
      const { sub, tid, sid, name, role, op, ims, exp } = await verify(token, keys.believed(now), now)
      if (
        typeof sub !== 'string' ||
        typeof tid !== 'string' ||
        typeof sid !== 'string' ||
        typeof name !== 'string' ||
        typeof ims !== 'number' ||
        typeof exp !== 'number' ||
        !isRole(role)
      ) {
        throw AccessInvalid()
      }
      const caller: Caller = {
        ...anyone(tid),
        userId: sub,
        name,
        role,
        permissions: permissionsOf(role, op === true),
        signInId: sid
      }
      const read: ReadToken = { caller, issuedAt: ims, expiresAt: exp * 1000 }
      mustBeOfNow(read, now)
      return remember(token, read)
    }
  }
}

/** One that is older than it can be gets a successor by refreshing, which looks at the account again. */
function mustBeOfNow({ issuedAt, expiresAt }: ReadToken, now: Date): void {
  if (expiresAt <= now.getTime() || issuedAt > now.getTime() + SKEW_MS) throw AccessExpired()
}

/** By whichever key signed it. @throws auth.access-expired, auth.access-invalid */
async function verify(token: string, believed: readonly string[], now: Date): Promise<JWTPayload> {
  for (const key of believed) {
    try {
      const { payload } = await jwtVerify(token, inBytes(key), {
        issuer: ISSUER,
        algorithms: ['HS256'],
        currentDate: now,
        clockTolerance: 5
      })
      return payload
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw AccessExpired()
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw AccessInvalid()
    }
  }
  throw AccessInvalid()
}

const inBytes = (key: string): Uint8Array => new TextEncoder().encode(key)

const isRole = (role: unknown): role is SchoolRole =>
  role === 'administrator' || role === 'teacher' || role === 'assistant' || role === 'learner' || role === 'observer'
