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
