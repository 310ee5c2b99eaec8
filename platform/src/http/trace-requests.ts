import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Telemetry, TracedRequest, TraceIds } from '../observability/telemetry.ts'
import { entryOf } from './entry.ts'
import { isInner } from './inner-request.ts'

/** The trace that a request is a part of; undefined where nobody traces. */
export type TraceOf = (request: FastifyRequest) => TraceIds | undefined

/** Asked by programs all day; nobody wants to read about it. */
const UNTRACED = ['/health', '/health/accepting', '/api/v1/ready', '/metrics']

/** Tells those who watch from outside about requests, by route and ids alone. */
export function traceRequests(
  app: FastifyInstance,
  { telemetry, trustRequestId }: { readonly telemetry: Telemetry; readonly trustRequestId: boolean }
): TraceOf {
  const traced = new WeakMap<FastifyRequest, TracedRequest>()
  const traceOf: TraceOf = (request) => traced.get(request)?.ids
  app.decorate('tellFault', (error: unknown, request: FastifyRequest) =>
    telemetry.fault(error, {
      requestId: request.id,
      tenantId: entryOf(request)?.caller.tenantId,
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      trace: traceOf(request)
    })
  )
  const { tracing } = telemetry
  if (!tracing) return traceOf
  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    if (!UNTRACED.includes(route) && !isInner(request)) {
      const { method, id } = request
      const span = tracing.begin({ method, requestId: id, headers: trustRequestId ? request.headers : {} })
      traced.set(request, span)
      reply.raw.once('close', () =>
        span.end({
          route,
          tenantId: entryOf(request)?.caller.tenantId,
          status: reply.raw.writableFinished ? reply.raw.statusCode : undefined
        })
      )
    }
    done()
  })
  // The last moment before the work begins: bodies are read outside of any trace.
  app.addHook('preHandler', (request, _reply, done) => {
    const span = traced.get(request)
    if (span) span.run(done)
    else done()
  })
  return traceOf
}
