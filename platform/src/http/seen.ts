import type { FastifyReply, FastifyRequest } from 'fastify'
import { EVERYTHING, formatPosition, type LogPosition, parsePosition } from '../db/log-position.ts'
import { REMEMBERED_SECONDS, type Replicas } from '../db/replicas.ts'
import type { Trail } from '../db/trail.ts'
import type { Entry } from '../module/runtime.ts'
import { accessCookie, seenCookie, setSeenCookie } from './cookies.ts'

/**
 * How far the database had come when the caller last changed something, as PostgreSQL writes it; on answers to changes, and
 * sent back by programs that want to be answered by replicas.
 */
export const SEEN_HEADER = 'x-lyceum-seen'

/**
 * What a request may read from a replica, and how its caller is told what it has written. It is believed as it comes: who
 * invents a later place is answered by the primary, who invents an earlier one deceives themselves alone.
 * @returns undefined where there are no replicas
 */
export function trailOf(
  replicas: Replicas | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
  { caller: { userId }, request: { origin } }: Entry
): Trail | undefined {
  if (!replicas) return undefined
  const isProgram = request.headers.authorization !== undefined
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const brought = reads ? broughtBy(request, isProgram) : undefined
  return {
    seen: brought === undefined || userId === null ? undefined : Math.max(brought, replicas.lastOf(userId)),
    wrote: (written) => {
      if (userId !== null) replicas.remember(userId, written)
      // An answer that a route writes by hand takes headers until it has begun.
      if (reply.raw.headersSent) return
      const position = formatPosition(written)
      const byHand = reply.sent
      if (byHand) reply.raw.setHeader(SEEN_HEADER, position)
      else reply.header(SEEN_HEADER, position)
      // Also for a browser that signs in with this very request.
      if (!isProgram)
        setSeenCookie(reply, { position, seconds: REMEMBERED_SECONDS, secure: origin.startsWith('https:'), byHand })
    }
  }
}

/** The same between two services; the one that asks has decided whether a replica will do. */
export function trailOfQuestion(
  replicas: Replicas | undefined,
  request: FastifyRequest,
  reply: FastifyReply
): Trail | undefined {
  if (!replicas) return undefined
  const header = request.headers[SEEN_HEADER]
  return {
    seen: typeof header === 'string' ? parsePosition(header) : undefined,
    wrote: (written) => void reply.header(SEEN_HEADER, formatPosition(written))
  }
}

/**
 * A browser that is signed in keeps cookies, so that none means that it wrote nothing lately. A program shows that it keeps
 * what it is told by sending the header; one that does not is answered by the primary.
 */
function broughtBy(request: FastifyRequest, isProgram: boolean): LogPosition | undefined {
  const header = request.headers[SEEN_HEADER]
  if (typeof header === 'string') return parsePosition(header) ?? EVERYTHING
  if (isProgram || accessCookie(request) === undefined) return undefined
  const cookie = seenCookie(request)
  return cookie === undefined ? 0 : (parsePosition(cookie) ?? EVERYTHING)
}
