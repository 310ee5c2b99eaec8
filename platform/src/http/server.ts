import { randomUUID } from 'node:crypto'
import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import swagger from '@fastify/swagger'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { addLive, type Live } from '../live/live.ts'
import { inHeader, MAINTENANCE_HEADER, type MaintenanceWatch } from '../maintenance/maintenance.ts'
import type { Log } from '../observability/log.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Telemetry } from '../observability/telemetry.ts'
import { readPin } from '../pin/pin-cookie.ts'
import { clearPinCookie, giveBucket, pinCookie } from './cookies.ts'
import { entryOf } from './entry.ts'
import { innerId } from './inner-request.ts'
import { onlyHttps } from './only-https.ts'
import { answerProblem, answerUnreadable } from './problem.ts'
import { addRoutes, type RouteOptions } from './routes.ts'
import { type RunningRequests, watchRequests } from './running-requests.ts'
import { SEEN_HEADER } from './seen.ts'
import { serializerOf } from './serializer.ts'
import { type TraceOf, traceRequests } from './trace-requests.ts'

export interface ServerOptions extends RouteOptions {
  /** Other origins whose pages may call the API with cookies. */
  readonly frontendUrls: readonly string[]
  readonly log: Log
  readonly metrics: Metrics
  readonly telemetry: Telemetry
  readonly release: string
  readonly trustProxy: boolean
  /** Whether a request may bring the id by which it is found in logs. */
  readonly trustRequestId: boolean
  readonly secure: boolean
  /** Told with every answer while maintenance is ahead or under way. */
  readonly maintenance?: MaintenanceWatch | undefined
  /** Whether requests come from a front, and not from another process of ours that has answered it already. */
  readonly meetsVisitors: boolean
  /** Largest head of a request; a service allows more than the gateway, which adds to it. */
  readonly maxHeaderBytes?: number | undefined
  /** Headers that every answer gets at the last moment, for whoever stands in front. */
  readonly stamp?: (() => Readonly<Record<string, string>>) | undefined
  /** Whether this process answers for a module; the others are there to be asked in process only. */
  readonly serves: (module: string) => boolean
}

export interface Server {
  readonly app: FastifyInstance
  readonly running: RunningRequests
  readonly live: Live
  /** From now on every answer ends its connection, so that none is left when the server stops listening. */
  partAfterAnswers(): void
}

/** A server of every module of its runtime; health, files of the web app and the API reference are added by the caller. */
export async function buildServer(options: ServerOptions): Promise<Server> {
  const loggerInstance: FastifyBaseLogger = options.log
  const ofRelease = { 'x-lyceum-release': options.release }
  const forPages = { ...(await securityHeaders(helmetOfPages(options.secure))), ...ofRelease }
  const forJson = {
    ...(await securityHeaders(helmetOfJson(options.secure))),
    ...ofRelease,
    'cache-control': 'private, no-cache'
  }
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => innerId(request) ?? randomUUID(),
    requestIdHeader: options.trustRequestId ? 'x-request-id' : false,
    trustProxy: options.trustProxy,
    bodyLimit: 1024 * 1024,
    http: { maxHeaderSize: options.maxHeaderBytes ?? 16 * 1024 },
    clientErrorHandler: answerUnreadable,
    // A phone on a bad line may be slow; a connection that says nothing at all is not kept.
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    // Whoever is still connected when the server begins to stop is answered like everybody else.
    return503OnClosing: false,
    // An address that leads to no route reaches no hook either.
    frameworkErrors: (error, request, reply) => {
      answerProblem(error, request, reply.headers({ ...forJson, 'x-request-id': request.id }))
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 }
  })
  // A logger for every request costs more than what most of them write; lines carry the request's id themselves.
  app.setChildLoggerFactory((logger) => logger)
  useStrictBodies(app)
  app.setSerializerCompiler<object>(({ schema }) => serializerOf(schema))
  app.setErrorHandler((error, request, reply) => answerProblem(error, request, reply))
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.routeOptions.config.json === true ? forJson : forPages)
    reply.header('x-request-id', request.id)
    const maintenance = options.maintenance?.announced()
    if (maintenance) reply.header(MAINTENANCE_HEADER, inHeader(maintenance))
    done()
  })
  if (options.secure && options.trustProxy && options.meetsVisitors) onlyHttps(app)
  let parting = false
  app.addHook('onRequest', (_request, reply, done) => {
    if (parting) reply.header('connection', 'close')
    done()
  })
  const { stamp } = options
  if (stamp)
    app.addHook('onSend', (_request, reply, payload, done) => {
      reply.headers(stamp())
      done(null, payload)
    })
  const traceOf = traceRequests(app, options)
  logAnswers(app, options.log, traceOf)
  const running = watchRequests(app)
  options.metrics.watch(app, running)

  await app.register(cookie)
  app.addHook('onRequest', (request, reply, done) => {
    const pin = pinCookie(request)
    if (pin !== undefined && !readPin(pin, options.pinKeys, options.runtime.clock.now())) clearPinCookie(reply)
    if (options.meetsVisitors) giveBucket(request, reply, options.secure, options.release)
    done()
  })
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    threshold: 1024,
    // Answers are made for one reader and sent once: the cheapest levels, which halve a phone's waiting all the same.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } },
    zlibOptions: { level: 1 },
    globalDecompression: false
  })
  await app.register(cors, {
    origin: options.frontendUrls.length > 0 ? [...options.frontendUrls] : false,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'etag',
      'x-request-id',
      'x-lyceum-release',
      MAINTENANCE_HEADER,
      SEEN_HEADER,
      'location',
      'tus-resumable',
      'upload-offset',
      'upload-length',
      'upload-expires',
      'tus-extension'
    ]
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Lyceum',
        version: options.release,
        description:
          'Every operation of the learning platform. Errors are RFC 9457 problem details with a stable `code`.'
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }]
    }
  })
  const live = await addLive(app, options)
  options.metrics.watchLive(live)
  const served = options.runtime.modules.filter(({ contract }) => options.serves(contract.module))
  for (const module of served) await app.register(async (scope) => addRoutes(scope, module, options))
  return {
    app,
    running,
    live,
    partAfterAnswers: () => {
      parting = true
    }
  }
}

/** Addresses arrive as text and are converted; bodies are JSON and must be right as they are. All faults are told at once. */
function useStrictBodies(app: FastifyInstance): void {
  const common = { useDefaults: true, removeAdditional: true, allErrors: true, strict: false } as const
  const body = addFormats.default(new Ajv.default({ ...common, coerceTypes: false }))
  const address = addFormats.default(new Ajv.default({ ...common, coerceTypes: true }))
  for (const ajv of [body, address]) ajv.addFormat('date-time', isInstant)
  app.setValidatorCompiler<object>(({ schema, httpPart }) => (httpPart === 'body' ? body : address).compile(schema))
}

const isDateTime = addFormats.default(new Ajv.default()).compile({ type: 'string', format: 'date-time' })

/** RFC 3339 allows moments that neither JavaScript (a 61st second) nor PostgreSQL (16 hours from UTC) can read. */
function isInstant(text: string): boolean {
  if (!/(?:z|[+-](?:0\d|1[0-5]):\d\d)$/i.test(text) || !isDateTime(text)) return false
  const moment = new Date(text)
  return !Number.isNaN(moment.getTime()) && moment.getUTCFullYear() >= 1 && moment.getUTCFullYear() <= 9999
}

/** What helmet answers, asked once: it would put the same headers together for every request. */
async function securityHeaders(options: FastifyHelmetOptions): Promise<Record<string, string>> {
  const probe = Fastify()
  await probe.register(helmet, options)
  probe.head('/', async (_request, reply) => reply.send())
  const { headers } = await probe.inject({ method: 'HEAD', url: '/' })
  await probe.close()
  const ofTransport = ['connection', 'content-length', 'content-type', 'date', 'transfer-encoding']
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !ofTransport.includes(name) ? [[name, value]] : []
    )
  )
}

function logAnswers(app: FastifyInstance, log: Log, traceOf: TraceOf): void {
  app.addHook('onResponse', (request, reply, done) => {
    done()
    const route = request.routeOptions.url
    if (route === '/health' || route === '/metrics' || !log.isLevelEnabled('info')) return
    const entry = entryOf(request)
    log.info(
      {
        reqId: request.id,
        method: request.method,
        route: route ?? request.url.split('?')[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        traceId: traceOf(request)?.traceId,
        tenantId: entry?.caller.tenantId,
        userId: entry?.caller.userId ?? undefined
      },
      'answered'
    )
  })
}

/** The web app is one script from our own origin; course pages may show images and videos of their own choosing. */
const helmetOfPages = (secure: boolean): FastifyHelmetOptions => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:', 'https:'],
      mediaSrc: ["'self'", 'blob:', 'https:'],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'", 'ws:', 'wss:'],
      frameSrc: ["'self'", 'https://www.youtube-nocookie.com', 'https://player.vimeo.com'],
      frameAncestors: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'self'"],
      objectSrc: ["'none'"],
      ...(secure ? { upgradeInsecureRequests: [] } : {})
    }
  },
  crossOriginEmbedderPolicy: false,
  crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
  referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  hsts: transport(secure)
})

/** JSON is no page: whoever opens it as one may load and run nothing (OWASP REST Security, “Security Headers”). */
const helmetOfJson = (secure: boolean): FastifyHelmetOptions => ({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  crossOriginOpenerPolicy: false,
  crossOriginResourcePolicy: false,
  dnsPrefetchControl: false,
  frameguard: false,
  ieNoOpen: false,
  originAgentCluster: false,
  permittedCrossDomainPolicies: false,
  referrerPolicy: false,
  xssFilter: false,
  hsts: transport(secure)
})

const transport = (secure: boolean) => (secure ? { maxAge: 31_536_000, includeSubDomains: true } : false)
