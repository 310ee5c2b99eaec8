import type { FoundSecret } from '@lyceum/platform/load-secrets'
import { previousOf, type RotatableName, sinceOf } from '@lyceum/platform/secret-names'
import type { SourceName } from '@lyceum/platform/secret-source'

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
 * @param options.waitMs what somebody wants instead of what is usual for the place
 */
export const startOf = (
  now: Date,
  {
    source,
    leaked,
    waitMs = TAKES_MS[source]
  }: { readonly source: SourceName; readonly leaked: boolean; readonly waitMs?: number | undefined }
): Date => new Date(now.getTime() + (leaked ? 0 : waitMs))

/** How long it takes until every process knows a change. */
const TAKES_MS: Readonly<Record<SourceName, number>> = {
  // They look every two seconds.
  home: 30_000,
  bundle: 30_000,
  // They ask once a minute.
  vault: 180_000,
  'azure-key-vault': 180_000,
  // They may have been handed a copy, and need to be restarted one after another.
  file: 15 * 60_000
}

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
