import { isRotatable, SECRET_NAMES, sinceOf, USED_BY } from '@lyceum/platform/secret-names'
import type { SecretPlace } from './place.ts'
import { ageInDays, isDue, usedSince } from './rotation.ts'

/** What may be told of a secret: everything but the secret. */
export interface ListedSecret {
  readonly name: string
  readonly source: string | null
  readonly place: string | null
  readonly since: string | null
  readonly ageDays: number | null
  /** Whether the policy wants a new one. */
  readonly due: boolean
  readonly rotatable: boolean
  readonly usedBy: string
  /** Places that have it, too, and are not listened to. */
  readonly hiding: readonly string[]
}

export const listSecrets = ({ config, found }: SecretPlace, now: Date): ListedSecret[] =>
  SECRET_NAMES.map((name) => {
    const secret = found.get(name)
    const since = secret ? usedSince(secret, isRotatable(name) ? config[sinceOf(name)] : null) : null
    return {
      name,
      source: secret?.from ?? null,
      place: secret?.place ?? null,
      since: since?.toISOString() ?? null,
      ageDays: since === null ? null : ageInDays(since, now),
      due: isRotatable(name) && isDue(since, config.SECRETS_MAX_AGE_DAYS, now),
      rotatable: isRotatable(name),
      usedBy: USED_BY[name] ?? '',
      hiding: secret?.hiding ?? []
    }
  })
