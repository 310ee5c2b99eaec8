import { InvalidArgumentError } from 'commander'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** `500ms`, `30s`, `5m`, `1h` in milliseconds. */
export function readTime(given: string): number {
  const [, digits, unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(given) ?? []
  const factor = UNITS[unit]
  if (digits === undefined || factor === undefined)
    throw new InvalidArgumentError('Give a time such as 500ms, 30s, 5m or 1h.')
  return Number(digits) * factor
}

/** An option that is an instant with its offset: UTC or another, but never a guess. */
export function readInstant(given: string): Date {
  const read = Date.parse(given)
  if (/\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/i.test(given) && !Number.isNaN(read)) return new Date(read)
  throw new InvalidArgumentError('Give an instant with its offset, such as 2027-02-01T03:00:00Z.')
}
