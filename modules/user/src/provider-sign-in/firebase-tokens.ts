import { defineError } from '@lyceum/platform/errors'
import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import type { UserServices } from '../services.ts'
import type { Identity } from './recognise.ts'

/** https://firebase.google.com/docs/auth/admin/verify-id-tokens#verify_id_tokens_using_a_third-party_jwt_library */
const GOOGLE_KEYS = 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com'

export const FirebaseRefused = defineError(
  'auth.firebase-refused',
  'unauthenticated',
  () => 'This Firebase token is not valid here. Sign in again.'
)
const FirebaseUnreachable = defineError(
  'auth.firebase-unreachable',
  'unavailable',
  () => 'Google’s keys cannot be fetched at the moment. Please try again in a few seconds.',
  () => ({ retryAfter: 5 })
)

export interface FirebaseTokens {
  /** The project a token claims to be of, before anything is checked; null for text that is no token. */
  projectOf(idToken: string): string | null
  /** @throws auth.firebase-refused, auth.firebase-unreachable */
  read(idToken: string, projectId: string, now: Date): Promise<Identity>
}

/** Checks Firebase ID tokens with the keys Google publishes, as its documentation asks for. */
export function createFirebaseTokens({ identityProviders }: Pick<UserServices, 'identityProviders'>): FirebaseTokens {
  const keys = createRemoteJWKSet(new URL(identityProviders.firebaseKeysUrl ?? GOOGLE_KEYS))
  return {
    projectOf: (idToken) => {
      try {
        const { aud } = decodeJwt(idToken)
        return typeof aud === 'string' ? aud : null
      } catch {
        return null
      }
    },
    read: async (idToken, projectId, now) => {
      const { payload } = await jwtVerify<JWTPayload & Record<string, unknown>>(idToken, keys, {
        algorithms: ['RS256'],
        issuer: `https://securetoken.google.com/${projectId}`,
        audience: projectId,
        requiredClaims: ['exp', 'iat', 'sub', 'auth_time'],
        currentDate: now,
        clockTolerance: 5
      }).catch((error: unknown) => {
        throw isUnreachable(error) ? FirebaseUnreachable() : FirebaseRefused()
      })
      const { sub, iat, auth_time, email, email_verified, name } = payload
      const latest = now.getTime() / 1000 + 5
      if (!sub || sub.length > 128 || typeof iat !== 'number' || iat > latest) throw FirebaseRefused()
      if (typeof auth_time !== 'number' || auth_time > latest) throw FirebaseRefused()
      return {
        subject: sub,
        email: typeof email === 'string' ? email : null,
        emailVerified: email_verified === true,
        name: typeof name === 'string' ? name : null
      }
    }
  }
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  error instanceof TypeError ||
  (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC')
