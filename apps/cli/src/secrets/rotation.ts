import type { FoundSecret } from '@lyceum/platform/load-secrets'
import { previousOf, type RotatableName, sinceOf } from '@lyceum/platform/secret-names'

/** One exchange of a secret. */
export interface Exchange {
  readonly name: RotatableName
  readonly old: string | null
  readonly next: string
  /** From when the new one is used. */
  readonly since: Date
  /** The old one is known to others: it is not believed for another moment, whoever is signed out by that. */
  readonly leaked: boolean
}

export const isPassword = (name: RotatableName): boolean => name.startsWith('DATABASE_')

/**
 * What is written, in an order in which whoever reads in between has keys that fit: first the old one beside itself, then
 * from when, then the new one.
 */
export function changesOf({ name, old, next, since, leaked }: Exchange): ReadonlyMap<string, string | null> {
  const from: [string, string] = [sinceOf(name), since.toISOString()]
  return leaked || old === null
    ? new Map<string, string | null>([[name, next], [previousOf(name), null], from])
    : new Map<string, string | null>([[previousOf(name), old], from, [name, next]])
}

/**
 * From when the new one signs: processes have to know it first, or one would refuse what another has signed.
 * @param options.asked whether processes ask a place elsewhere, once a minute, instead of looking at files every two seconds
 * @param options.waitMs what somebody wants instead
 */
export const startOf = (
  now: Date,
  { asked, leaked, waitMs }: { readonly asked: boolean; readonly leaked: boolean; readonly waitMs?: number | undefined }
): Date => new Date(now.getTime() + (leaked ? 0 : (waitMs ?? (asked ? 180_000 : 30_000))))

/** Why an exchange has to wait; undefined where it need not. */
export function tooSoon(since: string | null, livesMs: number, now: Date): Date | undefined {
  if (since === null) return undefined
  const until = new Date(Date.parse(since) + livesMs)
  return until > now ? until : undefined
}

/** Since when a secret is what it is: what was written down, or else when its place last changed. */
export const usedSince = (found: Pick<FoundSecret, 'changedAt'>, since: string | null): Date | null =>
  since === null ? found.changedAt : new Date(since)

export const ageInDays = (since: Date, now: Date): number =>
  Math.max(0, Math.floor((now.getTime() - since.getTime()) / (24 * 60 * 60 * 1000)))

/** @param maxDays 0 for never */
export const isDue = (since: Date | null, maxDays: number, now: Date): boolean =>
  maxDays > 0 && since !== null && ageInDays(since, now) >= maxDays
