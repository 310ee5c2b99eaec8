export interface Answers {
  readonly requests: number
  readonly errors: number
  /** Requests answered within each of these times, in seconds; cumulative, as Prometheus counts. */
  readonly within: ReadonlyMap<number, number>
}

/** What one process counted since it started, of requests that people make. */
export interface Counted extends Answers {
  readonly startedAt: number
  /** The same of people who do not exist. */
  readonly synthetic: Answers
  readonly hanging: number
  /** People pinned to each release, and until when. */
  readonly pins: ReadonlyMap<string, { readonly count: number; readonly until: Date }>
}

/** Not people: probes of proxies, monitors and this tool. */
const OURS = new Set([
  '/health',
  '/health/accepting',
  '/health/database',
  '/api/health',
  '/api/v1/health',
  '/api/v1/ready',
  '/metrics'
])

const TOLD_TO_WAIT = '429'

/** Reads what a process answers at `/metrics` (Prometheus text format 0.0.4). */
export function readMetrics(text: string): Counted {
  let [startedAt, hanging] = [0, 0]
  const people = { requests: 0, errors: 0, within: new Map<number, number>() }
  const synthetic = { requests: 0, errors: 0, within: new Map<number, number>() }
  const pins = new Map<string, { count: number; until: Date }>()
  for (const { name, labels, value } of samplesOf(text)) {
    const pin = pins.get(labels.get('pinned') ?? '') ?? { count: 0, until: new Date(0) }
    const status = labels.get('status') ?? ''
    const isSynthetic = labels.get('synthetic') === 'true'
    // Somebody who was told to wait has tried nothing out.
    const counted = !OURS.has(labels.get('route') ?? '') && !(isSynthetic && status === TOLD_TO_WAIT)
    const sum = isSynthetic ? synthetic : people
    if (name === 'process_start_time_seconds') startedAt = value
    else if (name === 'lyceum_http_hanging_requests') hanging = value
    else if (name === 'lyceum_release_pins') pins.set(labels.get('pinned') ?? '', { ...pin, count: value })
    else if (name === 'lyceum_release_pins_until_seconds')
      pins.set(labels.get('pinned') ?? '', { ...pin, until: new Date(value * 1000) })
    else if (name === 'lyceum_http_request_duration_seconds_count' && counted) {
      sum.requests += value
      if (status >= '500') sum.errors += value
    } else if (name === 'lyceum_http_request_duration_seconds_bucket' && counted) {
      const bound = Number((labels.get('le') ?? '').replace('+Inf', 'Infinity'))
      sum.within.set(bound, (sum.within.get(bound) ?? 0) + value)
    }
  }
  return { startedAt, ...people, synthetic, hanging, pins }
}

/**
 * The 95th percentile between two readings, in milliseconds, by the bounds of the histogram and straight lines between
 * them; beyond the last bound, that bound.
 */
export function p95Between(before: ReadonlyMap<number, number>, now: ReadonlyMap<number, number>): number | null {
  const bounds = [...now.keys()].sort((a, b) => a - b)
  const counts = bounds.map((bound) => (now.get(bound) ?? 0) - (before.get(bound) ?? 0))
  const all = counts.at(-1) ?? 0
  if (all <= 0) return null
  const wanted = 0.95 * all
  const at = counts.findIndex((count) => count >= wanted)
  const [upper = Infinity, lower = 0] = [bounds[at], bounds[at - 1]]
  if (upper === Infinity) return lower * 1000
  const [below, inside] = [counts[at - 1] ?? 0, (counts[at] ?? 0) - (counts[at - 1] ?? 0)]
  return (lower + (upper - lower) * ((wanted - below) / inside)) * 1000
}

interface Sample {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

function samplesOf(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line) ?? []
    if (name === undefined || value === undefined) return []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
    return [{ name, labels: new Map(pairs.map(([, key = '', word = '']) => [key, word])), value: Number(value) }]
  })
}
