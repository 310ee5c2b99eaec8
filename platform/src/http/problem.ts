import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '../contract/schema.ts'
import { DatabaseUnavailable, isConnectionFault } from '../db/unavailable.ts'
import { defineError, type ErrorKind, LyceumError } from '../errors.ts'
import { isOutOfSpace, StorageFull } from '../storage/storage.ts'

/** Where whoever starts the server explains every code. */
export const PROBLEMS_PATH = '/api/docs/problems'

const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  stale: 412,
  'too-large': 413,
  unsupported: 415,
  'version-required': 428,
  throttled: 429,
  unavailable: 503,
  full: 507
}

/** What a status of ours says went wrong; undefined for a fault that nobody foresaw. */
export const kindOf = (status: number): ErrorKind | undefined => KINDS.find((kind) => STATUS[kind] === status)

const TITLE: Record<ErrorKind, string> = {
  invalid: 'The request is not valid',
  unauthenticated: 'Sign in first',
  forbidden: 'Not allowed',
  'not-found': 'Not found',
  conflict: 'Not possible in this state',
  stale: 'Somebody was faster',
  'too-large': 'Too large',
  unsupported: 'Not supported',
  'version-required': 'Say which version you edit',
  throttled: 'Too many attempts',
  unavailable: 'Not available right now',
  full: 'Out of space'
}

const KINDS: readonly ErrorKind[] = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'stale',
  'too-large',
  'unsupported',
  'version-required',
  'throttled',
  'unavailable',
  'full'
]

const RouteNotFound = defineError(
  'request.no-such-route',
  'not-found',
  (route: string) => `There is no ${route}. The reference is at /api/v1/openapi.json.`
)
const AddressUnreadable = defineError(
  'request.address-unreadable',
  'invalid',
  () => 'The address of the request cannot be read. Check its length and its %-escapes.'
)
const BodyInvalid = defineError(
  'request.body-invalid',
  'invalid',
  (why: string) => `The body could not be read: ${why}`
)
const HeadTooLarge = defineError(
  'request.head-too-large',
  'too-large',
  () => 'The address and headers of the request are longer than 16 KiB together. Send less in them.'
)
const RequestUnreadable = defineError(
  'request.unreadable',
  'invalid',
  () => 'What came is no HTTP request that can be read. Look at the program that sent it.'
)
const ValueUnreadable = defineError(
  'request.value-unreadable',
  'invalid',
  () => 'A value of the request is not of the right kind. A cursor must come from the page before it.'
)
const BodyTooLarge = defineError(
  'request.too-large',
  'too-large',
  () => 'The request is larger than this operation takes. Send less at once, or upload it as a file.'
)

declare module 'fastify' {
  interface FastifyInstance {
    /** Hears of what nobody foresaw. */
    tellFault?: (error: unknown, request: FastifyRequest) => void
  }
}

/** Answers whatever went wrong as RFC 9457 problem details; what nobody foresaw is logged and told as 500. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toKnown(error)
  if (!known) {
    request.log.error({ reqId: request.id, err: error }, 'request failed')
    request.server.tellFault?.(error, request)
  } else if (known.kind === 'unavailable' || known.kind === 'full')
    request.log.warn({ reqId: request.id, err: error }, known.code)
  const { status, retryAfter, body } = describe(known, request.id)
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  return reply.code(status).type('application/problem+json').send(JSON.stringify(body))
}

/** For a server without screens: whatever is not a route is a problem. */
export const answerUnknownRoutes = (app: FastifyInstance): void => {
  app.setNotFoundHandler((request, reply) => answerUnknownRoute(request, reply))
}

export const answerUnknownRoute = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  answerProblem(RouteNotFound(`${request.method} ${request.url.split('?')[0]}`), request, reply)

/** Answers bytes that never became a request, and closes: nothing after them on the connection can be trusted. */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, body } = problemOf(
    error.code === 'HPE_HEADER_OVERFLOW' ? HeadTooLarge() : RequestUnreadable(),
    randomUUID()
  )
  const text = JSON.stringify(body)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`
  )
}

/** The same for a request whose answer is written by hand. */
export function problemOf(
  error: unknown,
  requestId: string
): { status: number; retryAfter?: number | undefined; body: Problem } {
  return describe(toKnown(error), requestId)
}

function describe(known: LyceumError | undefined, requestId: string) {
  const status = known ? STATUS[known.kind] : 500
  const code = known?.code ?? 'internal'
  const body: Problem & { facts?: unknown } = {
    type: `${PROBLEMS_PATH}#${code}`,
    title: known ? TITLE[known.kind] : 'Something went wrong',
    status,
    detail:
      known?.message ?? `Something went wrong on our side. Nothing was changed. Quote ${requestId} when you report it.`,
    code,
    requestId,
    ...(known?.detail.errors ? { errors: [...known.detail.errors] } : {}),
    ...(known?.detail.facts ? { facts: known.detail.facts } : {})
  }
  return { status, retryAfter: known?.detail.retryAfter, body }
}

function toKnown(error: unknown): LyceumError | undefined {
  if (error instanceof LyceumError) return error
  // The client went away while it was sending; a database that goes away has no status.
  if (error instanceof Error && isFastifyError(error) && error.code === 'ECONNRESET') return fromFastify(error)
  if (isConnectionFault(error)) return DatabaseUnavailable()
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? String(error.code) : ''
  if (isOutOfSpace(error)) return StorageFull()
  // Shapes were checked on the way in; what PostgreSQL still cannot read is a cursor somebody made up.
  if (code === '22P02' || code === '22007' || code === '22008') return ValueUnreadable()
  if (isFastifyError(error)) return fromFastify(error)
  return undefined
}

function fromFastify(error: FastifyError): LyceumError | undefined {
  if (error.validation) {
    const part = error.validationContext === 'body' ? '' : `${error.validationContext ?? ''}`
    const errors = error.validation.map((fault) => {
      const missing = typeof fault.params.missingProperty === 'string' ? `/${fault.params.missingProperty}` : ''
      const field = `${fault.instancePath}${missing}` || '/'
      return {
        field,
        code: fault.keyword,
        message: `${part ? `${part} ` : ''}${field.slice(1) || 'request'} ${fault.message ?? 'is not valid'}`
      }
    })
    const told = errors.filter(({ code }) => code !== 'anyOf' && code !== 'const')
    const named = told.length > 0 ? told : errors
    return new LyceumError('request.invalid', 'invalid', `${named.map(({ message }) => message).join('; ')}.`, {
      errors: named
    })
  }
  if (error.code === 'FST_ERR_BAD_URL' || error.code === 'FST_ERR_MAX_PARAM_LENGTH') return AddressUnreadable()
  if (error.statusCode === 413) return BodyTooLarge()
  if (error.statusCode !== undefined && error.statusCode < 500) return BodyInvalid(error.message)
  return undefined
}

const isFastifyError = (error: Error): error is FastifyError => 'statusCode' in error && 'code' in error
