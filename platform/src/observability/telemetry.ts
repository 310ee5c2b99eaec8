import type { Registry } from 'prom-client'
import type { Answered } from './http-metrics.ts'

/** Where something went wrong that nobody foresaw, without whom it happened to. */
export interface Fault {
  readonly requestId?: string | undefined
  readonly tenantId?: string | undefined
  readonly method?: string | undefined
  /** The pattern of the address, without values. */
  readonly route?: string | undefined
  readonly task?: string | undefined
  readonly trace?: TraceIds | undefined
}

export interface TraceIds {
  readonly traceId: string
  readonly spanId: string
}

/** A request as a part of a trace. */
export interface TracedRequest {
  readonly ids: TraceIds
  /** What is begun in there belongs to it. */
  run(work: () => void): void
  /** @param answer without `status` where the client went away */
  end(answer: {
    readonly route: string
    readonly status?: number | undefined
    readonly tenantId?: string | undefined
  }): void
}

export interface Tracing {
  /** @param request.headers where a trace may have begun before it came here; empty where nobody is to be believed */
  begin(request: {
    readonly method: string
    readonly requestId: string
    readonly headers: Readonly<Record<string, string | string[] | undefined>>
  }): TracedRequest
  span<Answer>(name: string, attributes: Readonly<Record<string, string>>, work: () => Promise<Answer>): Promise<Answer>
  /** For whoever is asked next, so that its part is found in the same trace. */
  headers(): Record<string, string>
}

/** What watches an installation from outside, beside Prometheus: nothing, unless it is configured. */
export interface Telemetry {
  readonly tracing: Tracing | undefined
  fault(error: unknown, fault: Fault): void
  answered(answered: Answered): void
  /** From now on these series are sent too. */
  publish(registry: Registry): void
  /** Sends what is left, for some seconds at most. */
  close(): Promise<void>
}

export interface TelemetryOptions {
  readonly sentryDsn: string | null
  readonly statsdHost: string | null
  readonly otlpEndpoint: string | null
  readonly release: string
  readonly environment: string
  /** Which process this is, such as `course`. */
  readonly service: string
  /** Never sent, wherever they turn up. */
  readonly secrets: readonly string[]
}

const LONGEST_GOODBYE_MS = 5_000

/** Each is loaded only where it is configured: their libraries are larger than the product. */
export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { sentryDsn, statsdHost, otlpEndpoint } = options
  const [sentry, statsd, otlp] = await Promise.all([
    sentryDsn === null
      ? undefined
      : import('./sentry.ts').then(({ openSentry }) => openSentry({ ...options, dsn: sentryDsn })),
    statsdHost === null ? undefined : import('./statsd.ts').then(({ openStatsd }) => openStatsd(statsdHost)),
    otlpEndpoint === null
      ? undefined
      : import('./open-telemetry.ts').then(({ openOpenTelemetry }) =>
          openOpenTelemetry({ ...options, endpoint: otlpEndpoint })
        )
  ])
  return {
    tracing: otlp?.tracing,
    fault: (error, fault) => sentry?.fault(error, fault),
    answered: (answered) => statsd?.answered(answered),
    publish: (registry) => {
      statsd?.publish(registry)
      otlp?.publish(registry)
    },
    close: async () => {
      const closing = Promise.allSettled([sentry?.close(), statsd?.close(), otlp?.close()])
      const patience = Promise.withResolvers<void>()
      const timer = setTimeout(patience.resolve, LONGEST_GOODBYE_MS)
      await Promise.race([closing, patience.promise])
      clearTimeout(timer)
    }
  }
}
