import '@fastify/compress'
import type { IncomingHttpHeaders } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import type { Door } from '@lyceum/platform/door'
import { entryOf } from '@lyceum/platform/entry'
import { INNER_HEADER } from '@lyceum/platform/inner-request'
import type { Module } from '@lyceum/platform/module'
import { operationSchema } from '@lyceum/platform/operation-schema'
import type { Entry } from '@lyceum/platform/runtime'
import { type Breakers, ServiceUnavailable } from '@lyceum/platform/services/breakers'
import { SEAL_HEADER, SEALED_HEADER, type Seals } from '@lyceum/platform/services/seal'
import { neverArrived } from '@lyceum/platform/services/service-calls'
import type { Tracing } from '@lyceum/platform/telemetry'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Agent, type Dispatcher } from 'undici'
import { REVOCATIONS_HEADER } from './revocations.ts'

/** Milliseconds until the head of an ordinary answer. */
const PATIENCE_MS = 30_000
/** Milliseconds without a single byte of an upload or download. */
const PATIENCE_OF_BYTES_MS = 5 * 60_000

export interface ForwardOptions {
  readonly door: Door
  readonly seals: Seals
  readonly breakers: Breakers
  readonly tracing?: Tracing | undefined
  readonly urlOf: (module: string) => string
  /** Told after every request that a service has answered, with the head of its answer. */
  readonly answered: (headers: IncomingHttpHeaders) => Promise<void>
}

/**
 * Hands requests to the services that have their modules. Who asks is found out here, once, and travels sealed; the
 * service validates and authorizes. Bodies and answers are passed through as they come.
 */
export function forwardModules(app: FastifyInstance, modules: readonly Module[], options: ForwardOptions): void {
  const agent = new Agent({ connections: 128, pipelining: 1, bodyTimeout: PATIENCE_OF_BYTES_MS })
  app.addHook('onClose', () => agent.close())
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    // Bodies are looked at by whoever they are meant for.
    scope.setValidatorCompiler(() => () => true)
    scope.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
    for (const module of modules) {
      const name = module.contract.module
      const handler = (headersTimeout: number) => (request: FastifyRequest, reply: FastifyReply) =>
        forward(request, reply, { service: name, agent, headersTimeout, ...options })
      for (const [operationId, operation] of Object.entries(module.contract.operations)) {
        if (operation.access === 'internal') continue
        scope.route({
          method: operation.method,
          url: `/api/v1${operation.path}`,
          config: { json: true },
          // The service has done that.
          compress: false,
          schema: { ...operationSchema(operation), operationId, tags: [name] },
          onRequest: async (request) => {
            await options.door(request, operation)
          },
          handler: handler(PATIENCE_MS)
        })
      }
      for (const { methods, path, access, summary } of module.rawRoutes) {
        scope.route({
          method: [...methods],
          url: `/api/v1${path}`,
          compress: false,
          config: { long: true },
          schema: { summary, tags: [name] },
          onRequest: async (request) => {
            await options.door(request, { access })
          },
          handler: handler(PATIENCE_OF_BYTES_MS)
        })
      }
    }
  })
}

interface Way extends ForwardOptions {
  readonly service: string
  readonly agent: Agent
  readonly headersTimeout: number
}

async function forward(request: FastifyRequest, reply: FastifyReply, way: Way): Promise<FastifyReply> {
  const entry = entryOf(request)
  if (!entry) throw new Error('the onRequest hook sets the entry')
  const body = hasBody(request) ? bodyOf(request) : null
  const attempt = () => way.breakers.of(way.service).run(() => send(request, body, entry, way))
  const {
    statusCode,
    headers,
    body: answer
  } = await attempt().catch((error: unknown) => {
    // A process that was just replaced has closed its connections: what changes nothing, or never arrived, goes again.
    const mayRepeat = body === null && (request.method === 'GET' || request.method === 'HEAD' || neverArrived(error))
    if (!mayRepeat || isAway(error)) throw away(way.service, error)
    return attempt().catch((again: unknown) => {
      throw away(way.service, again)
    })
  })
  await way.answered(headers)
  if (!request.raw.complete) {
    // Answered before all of it was read, as a refused upload is: the rest is thrown away, and the connection with it.
    request.raw.unpipe()
    request.raw.resume()
    reply.header('connection', 'close')
  }
  return reply.code(statusCode).headers(endToEnd(headers)).send(answer)
}

function send(
  request: FastifyRequest,
  body: Readable | null,
  { caller, request: facts }: Entry,
  { service, agent, headersTimeout, seals, tracing, urlOf }: Way
): Promise<Dispatcher.ResponseData> {
  const { method, url } = request
  return agent.request({
    origin: urlOf(service),
    path: url,
    method: asMethod(method),
    headersTimeout,
    body,
    headers: {
      ...endToEnd(request.headers),
      'x-request-id': request.id,
      ...tracing?.headers(),
      ...seals.seal({ method, url }, { caller: { ...caller, permissions: [...caller.permissions] }, request: facts })
    }
  })
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const asMethod = (method: string): Dispatcher.HttpMethod => METHODS.find((known) => known === method) ?? 'GET'

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** A stream of its own, because whoever sends it on ends it when the answer comes early, and the connection is still needed. */
function bodyOf({ raw }: FastifyRequest): Readable {
  const body = new PassThrough()
  body.on('error', () => undefined)
  raw.on('error', (error) => body.destroy(error))
  raw.once('aborted', () => body.destroy(new Error('the client went away')))
  return raw.pipe(body)
}

/** What belongs to one connection ends with it (RFC 9110, 7.6.1); and nobody brings a seal along from outside. */
const OF_ONE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  SEAL_HEADER,
  SEALED_HEADER,
  INNER_HEADER,
  REVOCATIONS_HEADER
])

function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim())
  )
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || OF_ONE_CONNECTION.has(name) || named.has(name) ? [] : [[name, value]]
    )
  )
}

const isAway = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'service.unavailable'

const away = (service: string, cause: unknown): unknown =>
  isAway(cause) ? cause : Object.assign(ServiceUnavailable(service), { cause })
