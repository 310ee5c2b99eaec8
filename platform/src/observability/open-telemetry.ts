import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type HrTime,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  ValueType
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader
} from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Registry } from 'prom-client'
import type { Tracing } from './telemetry.ts'

const EVERY_MS = 15_000

export interface OpenTelemetryOptions {
  /** Of OTLP over HTTP, such as `http://collector:4318`. */
  readonly endpoint: string
  readonly release: string
  readonly environment: string
  readonly service: string
}

/** Traces and metrics by OTLP. Attributes are what is named here: no address, no person, no words of anybody. */
export function openOpenTelemetry({ endpoint, release, environment, service }: OpenTelemetryOptions) {
  const base = endpoint.replace(/\/$/, '')
  const resource = resourceFromAttributes({
    'service.name': `lyceum-${service}`,
    'service.version': release,
    'deployment.environment.name': environment
  })
  const spans = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${base}/v1/traces` }) })]
  })
  const tracer = spans.getTracer('lyceum', release)
  const propagator = new W3CTraceContextPropagator()
  const current = new AsyncLocalStorage<Context>()
  const here = (): Context => current.getStore() ?? context.active()
  let meters: MeterProvider | undefined

  const tracing: Tracing = {
    begin: ({ method, requestId, headers }) => {
      const parent = propagator.extract(context.active(), headers, defaultTextMapGetter)
      const span = tracer.startSpan(
        method,
        { kind: SpanKind.SERVER, attributes: { 'http.request.method': method, 'lyceum.request_id': requestId } },
        parent
      )
      const inside = trace.setSpan(parent, span)
      return {
        ids: idsOf(span),
        run: (work) => current.run(inside, work),
        end: ({ route, status, tenantId }) => {
          span.updateName(`${method} ${route}`)
          span.setAttributes({
            'http.route': route,
            ...(status === undefined ? {} : { 'http.response.status_code': status }),
            ...(tenantId === undefined ? {} : { 'lyceum.tenant': tenantId })
          })
          if (status === undefined || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        }
      }
    },
    span: async (name, attributes, work) => {
      const span = tracer.startSpan(name, { attributes: { ...attributes } }, here())
      try {
        return await current.run(trace.setSpan(here(), span), work)
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
        throw error
      } finally {
        span.end()
      }
    },
    headers: () => {
      const carrier: Record<string, string> = {}
      propagator.inject(here(), carrier, defaultTextMapSetter)
      return carrier
    }
  }
  return {
    tracing,
    publish: (registry: Registry): void => {
      meters = new MeterProvider({
        resource,
        readers: [
          new PeriodicExportingMetricReader({
            exporter: new OTLPMetricExporter({ url: `${base}/v1/metrics` }),
            exportIntervalMillis: EVERY_MS,
            exportTimeoutMillis: EVERY_MS - 5_000,
            metricProducers: [
              {
                collect: async () => ({
                  errors: [],
                  resourceMetrics: {
                    resource,
                    scopeMetrics: [{ scope: { name: 'lyceum', version: release }, metrics: await metricsOf(registry) }]
                  }
                })
              }
            ]
          })
        ]
      })
    },
    close: async (): Promise<void> => {
      await Promise.allSettled([spans.shutdown(), meters?.shutdown()])
    }
  }
}

const idsOf = (span: Span) => {
  const { traceId, spanId } = span.spanContext()
  return { traceId, spanId }
}

const started = Date.now() - Math.round(performance.now())
const asTime = (milliseconds: number): HrTime => [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6]

/** The same series that Prometheus reads, so that there is one list of what is measured. */
async function metricsOf(registry: Registry): Promise<MetricData[]> {
  const startTime = asTime(started)
  const endTime = asTime(Date.now())
  const metrics = await registry.getMetricsAsJSON()
  return metrics.flatMap(({ name, help, type, values }): MetricData[] => {
    const descriptor = { name, description: help, unit: '', valueType: ValueType.DOUBLE }
    const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE }
    const points = values
      .filter(({ value }) => Number.isFinite(value))
      .map(({ labels, value }) => ({ startTime, endTime, attributes: attributesOf(labels), value }))
    // Types come as words, whatever the types say.
    const kind = String(type)
    if (kind === 'counter')
      return [{ ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points }]
    if (kind === 'gauge') return [{ ...common, dataPointType: DataPointType.GAUGE, dataPoints: points }]
    if (kind !== 'histogram') return []
    const series = new Map<string, { attributes: Attributes; sum: number; count: number; limits: [number, number][] }>()
    for (const { labels, value, ...more } of values) {
      const { le, ...rest } = attributesOf(labels)
      const key = JSON.stringify(rest)
      const one = series.get(key) ?? { attributes: rest, sum: 0, count: 0, limits: [] }
      series.set(key, one)
      const part = 'metricName' in more ? String(more.metricName) : ''
      if (part.endsWith('_sum')) one.sum = value
      else if (part.endsWith('_count')) one.count = value
      else if (le !== '+Inf') one.limits.push([Number(le), value])
    }
    const dataPoints = [...series.values()].map(({ attributes, sum, count, limits }) => {
      const sorted = limits.sort(([one], [other]) => one - other)
      const cumulative = [...sorted.map(([, value]) => value), count]
      return {
        startTime,
        endTime,
        attributes,
        value: {
          sum,
          count,
          buckets: {
            boundaries: sorted.map(([limit]) => limit),
            counts: cumulative.map((value, at) => value - (cumulative[at - 1] ?? 0))
          }
        }
      }
    })
    return [{ ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints }]
  })
}

const attributesOf = (labels: Readonly<Partial<Record<string, string | number>>>): Attributes =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]))
