import { sameSecret, sign } from '../auth/caller.ts'
import type { Keys } from '../secrets/keys.ts'

export const PIN_COOKIE = 'lyceum_pin'

/** What a front can tell releases apart by: no separator of cookies, addresses or its own rules is in it. */
export const RELEASE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export interface Pin {
  readonly release: string
  readonly until: Date
}

/** `<release>.<expiry in seconds>.<signature>`: fronts read the release, only the product checks who wrote it. */
export function writePin({ release, until }: Pin, keys: Keys, now: Date): string {
  const body = `${release}.${Math.floor(until.getTime() / 1000)}`
  return `${body}.${sign(`pin:${body}`, keys.signing(now))}`
}

/** @returns undefined for a pin that is over, or that nobody here signed */
export function readPin(cookie: string, keys: Keys, now: Date): Pin | undefined {
  const [, release, expiry, signature] = /^(.{1,64})\.(\d{1,12})\.([\w-]{43})$/.exec(cookie) ?? []
  if (release === undefined || expiry === undefined || signature === undefined) return undefined
  if (!RELEASE_NAME.test(release)) return undefined
  const until = new Date(Number(expiry) * 1000)
  if (until <= now) return undefined
  const isOurs = keys.believed(now).some((key) => sameSecret(signature, sign(`pin:${release}.${expiry}`, key)))
  return isOurs ? { release, until } : undefined
}
