import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Access } from '../contract/contract.ts'
import { defineError } from '../errors.ts'
import { closedFor, type MaintenanceWatch, mayEnterAnyway } from '../maintenance/maintenance.ts'
import type { RequestFacts } from '../module/module.ts'
import type { Entry } from '../module/runtime.ts'
import type { Authenticate } from './authenticate.ts'
import { accessCookie, providerCookie, refreshCookie } from './cookies.ts'
import { rememberEntry } from './entry.ts'
import type { RequestLimits } from './request-limits.ts'

const CsrfMissing = defineError(
  'auth.csrf-missing',
  'forbidden',
  () => 'A browser request that changes something needs the header X-Lyceum-Csrf. Send it, or use a bearer token.'
)
const OriginRefused = defineError(
  'auth.origin-refused',
  'forbidden',
  (origin: string) => `Requests from ${origin} are not accepted. An operator can allow it in FRONTEND_URL.`
)
const KeyTooLong = defineError(
  'request.idempotency-key-too-long',
  'invalid',
  () => 'An Idempotency-Key has at most 200 characters.'
)

/** Finds out who is asking and for which tenant, before anything else of a request is looked at. */
export type Door = (request: FastifyRequest, route: DoorRoute) => Promise<Entry>

/** What is known of where a request wants to go. */
export interface DoorRoute {
  readonly access: Access
  readonly guessable?: boolean | undefined
  readonly duringMaintenance?: boolean | undefined
}

export interface FrontDoorOptions {
  readonly authenticate: Authenticate
  /** Other origins that may send cookies. */
  readonly frontendUrls: readonly string[]
  readonly trustTenantHeader: boolean
  readonly limits?: RequestLimits | undefined
  /** Where people come in, nobody but operators does during maintenance. */
  readonly maintenance?: MaintenanceWatch | undefined
  readonly clock: Clock
}

/** The door that people and their browsers come to: token or cookie, and whether a browser was tricked into asking. */
export const frontDoor =
  ({ authenticate, frontendUrls, trustTenantHeader, limits, maintenance, clock }: FrontDoorOptions): Door =>
  async (request, route) => {
    const origin = originOf(request)
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const cookie = accessCookie(request)
    const unsafe = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS'
    if (unsafe) {
      mustComeFromHere(request, frontendUrls)
      const byCookie = bearer === undefined && (cookie !== undefined || refreshCookie(request) !== null)
      if (byCookie && request.headers['x-lyceum-csrf'] === undefined) throw CsrfMissing()
    }
    const slug = request.headers['x-lyceum-tenant']
    const {
      caller,
      refused,
      synthetic = false
    } = await authenticate({
      host: request.hostname.toLowerCase(),
      tenantSlug: trustTenantHeader && typeof slug === 'string' ? slug : undefined,
      accessToken: bearer ?? cookie
    })
    const closed = route.duringMaintenance ? undefined : maintenance?.underWay()
    if (closed && !mayEnterAnyway(caller)) throw closedFor(closed, clock.now())
    // An old cookie must not keep somebody from what is open to anyone, such as signing in again.
    if (refused && route.access !== 'anyone') throw refused
    const facts: RequestFacts = {
      id: request.id,
      address: request.ip,
      userAgent: request.headers['user-agent'] ?? '',
      origin,
      refreshCookie: refreshCookie(request),
      providerCookie: providerCookie(request),
      ...(synthetic ? { synthetic } : {})
    }
    const entry: Entry = { caller, request: facts, idempotencyKey: idempotencyKeyOf(request), browser: {} }
    rememberEntry(request, entry)
    await limits?.admit(entry, route)
    return entry
  }

const originOf = (request: FastifyRequest): string => `${request.protocol}://${request.host}`

/** A browser names the site that asks; others than ours may not, unless an operator named them. */
export function mustComeFromHere(request: FastifyRequest, frontendUrls: readonly string[]): void {
  const from = request.headers.origin
  if (from !== undefined && from !== originOf(request) && !frontendUrls.includes(from)) throw OriginRefused(from)
}

export function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const header = headers['idempotency-key']
  if (typeof header !== 'string') return undefined
  if (header.length > 200) throw KeyTooLong()
  return header
}
