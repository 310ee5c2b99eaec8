import { BUCKETS } from '@lyceum/platform/bucket'
import type { Colour } from '../../../release/target.ts'

/** Who is sent where. The whole of it changes at once. */
export interface Traffic {
  readonly stable: Colour
  /** Buckets below this go to the colour that is not stable: 0 for none of them, 10,000 for all. */
  readonly limit: number
  /** What runs in each colour; browsers pinned to one of these go there. */
  readonly releases: Readonly<Record<Colour, string | null>>
  /** Instances that get no new requests, because they are being replaced. */
  readonly out: readonly string[]
}

export const NOTHING_RUNS: Traffic = { stable: 'blue', limit: 0, releases: { blue: null, green: null }, out: [] }

export const other = (colour: Colour): Colour => (colour === 'blue' ? 'green' : 'blue')

/** The rule that both proxies follow: pin before bucket before stable. */
export const colourOf = ({ stable, limit, releases }: Traffic, bucket: number, pinned?: string): Colour => {
  if (pinned !== undefined && pinned === releases[stable]) return stable
  if (pinned !== undefined && pinned === releases[other(stable)]) return other(stable)
  return bucket < limit ? other(stable) : stable
}

/** Percent with at most two decimals, as buckets. */
export const limitOf = (percent: number): number => Math.round((percent * BUCKETS) / 100)
export const percentOf = (limit: number): number => (limit * 100) / BUCKETS

/** One way to hand traffic to a proxy. */
export interface TrafficDriver {
  /** Puts in place what the proxy needs for this installation, once and after changes of target.json. */
  prepare(): Promise<void>
  /** What the proxy does now. */
  read(): Promise<Traffic>
  /** New requests follow this as soon as it returns, or the moment after; the front door tells. */
  write(traffic: Traffic): Promise<void>
}
