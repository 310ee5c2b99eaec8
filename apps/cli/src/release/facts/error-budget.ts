import type pg from 'pg'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { ErrorBudget } from '../gate/gate.ts'

const HOUR = 3_600_000
const WINDOWS = { hour: HOUR, sixHours: 6 * HOUR, month: 30 * 24 * HOUR } as const
/** 99.9 % of answers are none of our errors. */
const ALLOWED = 0.001
/** Fewer in a window are nobody's evidence: one error at night is not a burning month. */
const LEAST_ERRORS = 3
/** A thousandth of fewer is not even one request. */
const LEAST_REQUESTS = 1_000
const PATIENCE_MS = 10_000

interface Counted {
  readonly requests: number
  readonly errors: number
}
export type Windows = Readonly<Record<keyof typeof WINDOWS, Counted>>

/** What burns, as multiples of what may; null where a month has too few requests to know. */
export function budgetOf({ hour, sixHours, month }: Windows): ErrorBudget | null {
  if (month.requests < LEAST_REQUESTS) return null
  const burn = ({ requests, errors }: Counted) => (errors < LEAST_ERRORS ? 0 : errors / requests / ALLOWED)
  return { lastHour: burn(hour), lastSixHours: burn(sixHours), left: 1 - burn(month) }
}

/** As the processes have written it down themselves. */
export async function readWindows(client: Pick<pg.ClientBase, 'query'>, now: Date): Promise<Windows> {
  const within = async (ms: number): Promise<Counted> => {
    const { rows } = await client.query<Counted>(
      `select coalesce(sum(requests), 0)::float8 as requests, coalesce(sum(errors), 0)::float8 as errors
       from platform.request_count where slot > $1`,
      [new Date(now.getTime() - ms)]
    )
    return rows[0] ?? { requests: 0, errors: 0 }
  }
  return {
    hour: await within(WINDOWS.hour),
    sixHours: await within(WINDOWS.sixHours),
    month: await within(WINDOWS.month)
  }
}

const PROBES = '/(health|metrics|api/health|api/v1/(health|ready)).*'
const Answer = Compile(
  Type.Object({
    status: Type.Literal('success'),
    data: Type.Object({
      result: Type.Array(Type.Object({ value: Type.Tuple([Type.Number(), Type.String()]) }))
    })
  })
)

/** As Prometheus has seen it. @throws where it does not answer, or has no series of the product */
export async function askPrometheus(url: string): Promise<Windows> {
  const within = async (ms: number): Promise<Counted> => {
    const series = (more: string) =>
      `sum(increase(lyceum_http_request_duration_seconds_count{route!~"${PROBES}",synthetic=""${more}}[${ms / HOUR}h]))`
    const requests = await ask(url, series(''))
    if (requests === undefined)
      throw new Error(`${url} has no series lyceum_http_request_duration_seconds_count: does it scrape the product?`)
    // A series of errors begins with the first error.
    return { requests, errors: (await ask(url, series(',status=~"5.."'))) ?? 0 }
  }
  return {
    hour: await within(WINDOWS.hour),
    sixHours: await within(WINDOWS.sixHours),
    month: await within(WINDOWS.month)
  }
}

async function ask(url: string, query: string): Promise<number | undefined> {
  const base = url.endsWith('/') ? url : `${url}/`
  const response = await fetch(new URL(`api/v1/query?${new URLSearchParams({ query })}`, base), {
    signal: AbortSignal.timeout(PATIENCE_MS)
  })
  const answer: unknown = await response.json()
  if (!response.ok || !Answer.Check(answer)) throw new Error(`${url} answered ${response.status} to ${query}`)
  const [first] = answer.data.result
  if (!first) return undefined
  const value = Number(first.value[1])
  if (!Number.isFinite(value)) throw new Error(`${url} has no number for ${query}`)
  return value
}
