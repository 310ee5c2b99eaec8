import { randomInt } from 'node:crypto'

export const BUCKET_COOKIE = 'lyceum_bucket'
/** Buckets a browser may be in, 0 to 9,999: a hundredth of a percent each. */
export const BUCKETS = 10_000
/** Set by a front that draws a release for whoever has no bucket, and leaves the giving of one to the product. */
export const TRAFFIC_HEADER = 'x-lyceum-traffic'

/** Who is sent where, as a front tells it. */
export interface ToldTraffic {
  readonly stable: 'blue' | 'green'
  /** Buckets below this go to the colour that is not stable. */
  readonly limit: number
  readonly releases: Readonly<Record<'blue' | 'green', string | null>>
}

export const writeTraffic = ({ stable, limit, releases }: ToldTraffic): string =>
  `stable=${stable},limit=${limit},blue=${releases.blue ?? ''},green=${releases.green ?? ''}`

/** @returns undefined for what `writeTraffic` did not write */
export function readTraffic(text: string): ToldTraffic | undefined {
  const [, stable, limit, blue = '', green = ''] =
    /^stable=(blue|green),limit=(\d{1,5}),blue=([^,]*),green=([^,]*)$/.exec(text) ?? []
  if ((stable !== 'blue' && stable !== 'green') || Number(limit) > BUCKETS) return undefined
  return { stable, limit: Number(limit), releases: { blue: blue || null, green: green || null } }
}

/**
 * A bucket that agrees with where a request without one was sent: from the part of the releases that has it. Since the parts
 * are drawn by their sizes, every bucket is as likely as every other.
 * @returns undefined when this release is none of those that traffic is sent to
 */
export function drawBucket({ stable, limit, releases }: ToldTraffic, release: string): number | undefined {
  const isStable = releases[stable] === release
  const isCandidate = releases[stable === 'blue' ? 'green' : 'blue'] === release
  if (isStable && limit < BUCKETS && !(isCandidate && limit > 0)) return randomInt(limit, BUCKETS)
  if (isCandidate && limit > 0 && !isStable) return randomInt(0, limit)
  return isStable || isCandidate ? randomInt(BUCKETS) : undefined
}
