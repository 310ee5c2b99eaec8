import '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Operation } from '../contract/contract.ts'
import { defineError, invalidFields } from '../errors.ts'
import type { Module, RawRoute } from '../module/module.ts'
import { authorize, type Entry, type Runtime } from '../module/runtime.ts'
import { writePin } from '../pin/pin-cookie.ts'
import type { Keys } from '../secrets/keys.ts'
import { clearPinCookie, clearSessionCookies, setPinCookie, setProviderCookie, setSessionCookies } from './cookies.ts'
import type { Door } from './door.ts'
import { entryOf, rememberEntry } from './entry.ts'
import { operationSchema } from './operation-schema.ts'
import { problemOf } from './problem.ts'
import { unreadableTexts } from './readable-text.ts'
import { trailOf } from './seen.ts'

const VersionRequired = defineError(
  'request.version-required',
  'version-required',
  () => 'Send If-Match with the version you edit, so that nobody’s change is lost.',
  () => ({
    errors: [{ field: '/if-match', code: 'required', message: 'If-Match is missing' }]
  })
)
declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers with JSON alone, which needs fewer headers than a page. */
    readonly json?: boolean
  }
}

export interface RouteOptions {
  readonly runtime: Runtime
  readonly door: Door
  /** Signs what keeps a browser on one release. */
  readonly pinKeys: Keys
  /** Told after every answered operation, with the entry it ran as. */
  readonly answered: (entry: Entry) => Promise<void>
}

/** Turns a module's contract into routes: authenticate, validate, authorize, run in the tenant's transaction, serialize. */
export function addRoutes(app: FastifyInstance, module: Module, options: RouteOptions): void {
  for (const [name, operation] of Object.entries(module.contract.operations)) {
    if (operation.access !== 'internal') addOperation(app, module, name, operation, options)
  }
  for (const route of module.rawRoutes) addRawRoute(app, module, route, options)
}

function addOperation(
  app: FastifyInstance,
  module: Module,
  name: string,
  operation: Operation,
  options: RouteOptions
): void {
  app.route({
    method: operation.method,
    url: `/api/v1${operation.path}`,
    bodyLimit: operation.bodyLimit ?? 1024 * 1024,
    config: { json: true },
    schema: { ...operationSchema(operation), operationId: name, tags: [module.contract.module] },
    // Before validation, so that somebody without rights learns nothing about the shape of what is behind.
    onRequest: async (request, reply) => {
      const found = await options.door(request, operation)
      authorize(operation.access, found.caller)
      const trail = trailOf(options.runtime.database.replicas, request, reply, found)
      const entry: Entry = trail ? { ...found, trail } : found
      if (operation.ifMatch)
        rememberEntry(request, { ...entry, expectedVersion: readVersion(request.headers['if-match']) })
      else if (trail) rememberEntry(request, entry)
    },
    // An operation that needs nothing more than its address may be called without a body.
    preValidation: async (request) => {
      request.body ??= {}
      const faults = [request.params, request.query, request.body].flatMap((part) => unreadableTexts(part))
      if (faults.length > 0) throw invalidFields(faults)
    },
    handler: async (request, reply) => {
      const entry = entryOf(request)
      if (!entry) throw new Error('the onRequest hook sets the entry')
      const answer = await options.runtime.invoke(module, name, entry, {
        ...asObject(request.query),
        ...asObject(request.body),
        ...asObject(request.params)
      })
      await options.answered(entry)
      keepPinned(reply, entry, options)
      return send(reply, request, operation, entry, asObject(answer))
    }
  })
}

function send(
  reply: FastifyReply,
  request: FastifyRequest,
  operation: Operation,
  { request: { origin } }: Entry,
  answer: Record<string, unknown>
): unknown {
  const { accessToken, refreshToken, expiresIn, version, location, browserSecret } = answer
  if (
    operation.session === 'open' &&
    typeof accessToken === 'string' &&
    typeof refreshToken === 'string' &&
    typeof expiresIn === 'number'
  ) {
    setSessionCookies(reply, origin.startsWith('https:'), {
      accessToken,
      refreshToken,
      expiresIn,
      remembered: answer.remembered === true
    })
  }
  if (operation.session === 'close') clearSessionCookies(reply)
  if (operation.redirect && typeof location === 'string') {
    if (typeof browserSecret === 'string') setProviderCookie(reply, origin.startsWith('https:'), browserSecret)
    return reply.redirect(location, 302)
  }
  if ((operation.etag || operation.ifMatch) && typeof version === 'number') {
    const etag = `"${version}"`
    reply.header('etag', etag)
    if (operation.etag && request.headers['if-none-match'] === etag) return reply.code(304).send()
  }
  return reply.code(operation.status ?? 200).send(answer)
}

/** What the use case asked for, once it has succeeded. */
function keepPinned(
  reply: FastifyReply,
  { browser, request: { origin } }: Entry,
  { pinKeys, runtime }: RouteOptions
): void {
  if (browser?.pin === null) clearPinCookie(reply)
  else if (browser?.pin)
    setPinCookie(reply, origin.startsWith('https:'), browser.pin, writePin(browser.pin, pinKeys, runtime.clock.now()))
}

function addRawRoute(app: FastifyInstance, module: Module, route: RawRoute, options: RouteOptions): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    scope.route({
      method: [...route.methods],
      url: `/api/v1${route.path}`,
      config: { long: true },
      schema: { summary: route.summary, tags: [module.contract.module] },
      handler: async (request, reply) => {
        const found = await options.door(request, route)
        authorize(route.access, found.caller)
        const entry: Entry = { ...found, trail: trailOf(options.runtime.database.replicas, request, reply, found) }
        reply.hijack()
        for (const [name, value] of Object.entries(reply.getHeaders()))
          if (value !== undefined) reply.raw.setHeader(name, value)
        try {
          const { transact, asking } = options.runtime.runner(module.contract.module, entry)
          await route.handle({
            req: request.raw,
            res: reply.raw,
            params: Object.fromEntries(
              Object.entries(asObject(request.params)).map(([key, value]) => [key, String(value)])
            ),
            query: new URL(request.raw.url ?? '/', 'http://host').searchParams,
            caller: entry.caller,
            request: entry.request,
            call: (contract) => asking.call(contract),
            transact
          })
          await options.answered(entry)
        } catch (error) {
          const { status, body, retryAfter } = problemOf(error, request.id)
          if (status >= 500) request.log.error({ reqId: request.id, err: error }, 'request failed')
          if (status === 500) request.server.tellFault?.(error, request)
          if (reply.raw.headersSent) return reply.raw.destroy()
          reply.raw.statusCode = status
          reply.raw.setHeader('content-type', 'application/problem+json')
          if (retryAfter !== undefined) reply.raw.setHeader('retry-after', String(retryAfter))
          reply.raw.end(JSON.stringify(body))
        }
      }
    })
  })
}

function readVersion(header: string | undefined): number {
  const [, version] = /^(?:W\/)?"(\d{1,15})"$/.exec(header ?? '') ?? []
  if (version === undefined) throw VersionRequired()
  return Number(version)
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
