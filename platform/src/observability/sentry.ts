import { createStackParser, createTransport, type Event, Scope } from '@sentry/core'
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server'
import { scrub, withoutData } from './scrub.ts'
import type { Fault } from './telemetry.ts'

const PATIENCE_MS = 5_000

export interface SentryOptions {
  readonly dsn: string
  readonly release: string
  readonly environment: string
  readonly service: string
  readonly secrets: readonly string[]
}

/**
 * Errors that nobody foresaw, sent to Sentry. Its client is used without what it usually gathers by itself (headers, bodies,
 * cookies, local variables, what was logged): what leaves is what is named here.
 */
export function openSentry({ dsn, release, environment, service, secrets }: SentryOptions) {
  const clean = (text: string) => scrub(text, secrets)
  const client = new ServerRuntimeClient({
    dsn,
    release,
    environment,
    platform: 'node',
    runtime: { name: 'node', version: process.version },
    serverName: service,
    integrations: [],
    sendClientReports: false,
    maxBreadcrumbs: 0,
    stackParser: createStackParser(nodeStackLineParser()),
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const answer = await fetch(options.url, {
          method: 'POST',
          headers: { 'content-type': 'application/x-sentry-envelope', ...options.headers },
          body: typeof body === 'string' ? body : new Uint8Array(body),
          signal: AbortSignal.timeout(PATIENCE_MS)
        })
        await answer.arrayBuffer()
        return {
          statusCode: answer.status,
          headers: {
            'x-sentry-rate-limits': answer.headers.get('x-sentry-rate-limits'),
            'retry-after': answer.headers.get('retry-after')
          }
        }
      }),
    beforeSend: (event) => ({ ...event, ...cleaned(event, clean) })
  })
  client.init()
  return {
    fault: (error: unknown, { requestId, tenantId, method, route, task, trace }: Fault) => {
      const scope = new Scope()
      const tags = { service, request_id: requestId, tenant: tenantId, method, route, task }
      scope.setTags(Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== undefined)))
      scope.setTransactionName(route === undefined ? task : `${method} ${route}`)
      if (trace) scope.setContext('trace', { trace_id: trace.traceId, span_id: trace.spanId })
      client.captureException(sendable(error), {}, scope)
    },
    close: async () => {
      await client.close(PATIENCE_MS)
    }
  }
}

/** A copy of the kind and the place of an error: fields that others hung on it stay here. */
function sendable(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('something that is no error was thrown')
  const copy = new Error(withoutData(error))
  copy.name = error.name
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  copy.stack = [`${copy.name}: ${copy.message}`, ...frames].join('\n')
  return copy
}

function cleaned({ exception, message }: Event, clean: (text: string) => string): Pick<Event, 'exception' | 'message'> {
  return {
    ...(message === undefined ? {} : { message: clean(message) }),
    ...(exception?.values
      ? {
          exception: {
            values: exception.values.map((one) => ({
              ...one,
              ...(one.value === undefined ? {} : { value: clean(one.value) })
            }))
          }
        }
      : {})
  }
}
