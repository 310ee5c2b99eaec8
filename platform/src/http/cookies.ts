import '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { BUCKET_COOKIE, drawBucket, readTraffic, TRAFFIC_HEADER } from '../pin/bucket.ts'
import { PIN_COOKIE, type Pin } from '../pin/pin-cookie.ts'

const ACCESS = 'lyceum_access'
const REFRESH = 'lyceum_refresh'
/** Says that there is a refresh token, to pages that must not get it. */
const KNOWN = 'lyceum_known'
const REFRESH_PATH = '/api/v1/auth'

/** A remembered sign-in lasts as long as its refresh token: 30 days. */
const REMEMBERED_SECONDS = 30 * 24 * 60 * 60

const PROVIDER = 'lyceum_provider'
const PROVIDER_SECONDS = 10 * 60

export const accessCookie = (request: FastifyRequest): string | undefined => request.cookies[ACCESS]
export const refreshCookie = (request: FastifyRequest): string | null => request.cookies[REFRESH] ?? null

/**
 * Whether somebody is signed in, as far as cookies show; nothing is proved by it. `perhaps` when only a refresh token is
 * left, which has to be renewed first.
 */
export function signedInSigns({ cookies }: FastifyRequest): 'yes' | 'perhaps' | 'no' {
  if (cookies[ACCESS]) return 'yes'
  return cookies[KNOWN] ? 'perhaps' : 'no'
}

/** A cookie that the web app set. */
export const cookieOf = (request: FastifyRequest, name: string): string | undefined => request.cookies[name]

export const providerCookie = (request: FastifyRequest): string | null => request.cookies[PROVIDER] ?? null

/**
 * Ties a sign-in at an identity provider to the browser that began it (RFC 9700 §4.7): nobody can finish their own in
 * somebody else's browser. `lax`, because the provider sends the browser back by a link.
 */
export function setProviderCookie(reply: FastifyReply, secure: boolean, secret: string): void {
  reply.setCookie(PROVIDER, secret, {
    httpOnly: true,
    secure,
    sameSite: 'lax',
    path: REFRESH_PATH,
    maxAge: PROVIDER_SECONDS
  })
}

/** Scripts never see the tokens; the refresh token travels to the sign-in routes only. */
export function setSessionCookies(
  reply: FastifyReply,
  secure: boolean,
  tokens: { accessToken: string; refreshToken: string; expiresIn: number; remembered: boolean }
): void {
  const common = { httpOnly: true, secure, sameSite: 'lax' } as const
  reply.setCookie(ACCESS, tokens.accessToken, { ...common, path: '/', maxAge: tokens.expiresIn })
  const lasting = tokens.remembered ? { maxAge: REMEMBERED_SECONDS } : {}
  reply.setCookie(REFRESH, tokens.refreshToken, { ...common, ...lasting, path: REFRESH_PATH })
  reply.setCookie(KNOWN, '1', { ...common, ...lasting, path: '/' })
}

export function clearSessionCookies(reply: FastifyReply): void {
  reply.clearCookie(ACCESS, { path: '/' })
  reply.clearCookie(REFRESH, { path: REFRESH_PATH })
  reply.clearCookie(KNOWN, { path: '/' })
}

export const pinCookie = (request: FastifyRequest): string | undefined => request.cookies[PIN_COOKIE]

/** The front reads it to send the browser to the same release again. */
export function setPinCookie(reply: FastifyReply, secure: boolean, pin: Pin, value: string): void {
  reply.setCookie(PIN_COOKIE, value, { httpOnly: true, secure, sameSite: 'lax', path: '/', expires: pin.until })
}

export function clearPinCookie(reply: FastifyReply): void {
  reply.clearCookie(PIN_COOKIE, { path: '/' })
}

const SEEN = 'lyceum_seen'

export const seenCookie = (request: FastifyRequest): string | undefined => request.cookies[SEEN]

/**
 * How far the database had come when this browser last changed something; no secret, and nothing is proved by it.
 * @param byHand the answer is written by the route itself, which sends what is set here before it begins
 */
export function setSeenCookie(
  reply: FastifyReply,
  { position, seconds, secure, byHand }: { position: string; seconds: number; secure: boolean; byHand: boolean }
): void {
  const form = { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: seconds } as const
  if (!byHand) return void reply.setCookie(SEEN, position, form)
  const others = [reply.raw.getHeader('set-cookie') ?? []].flat().map(String)
  reply.raw.setHeader('set-cookie', [
    ...others.filter((line) => !line.startsWith(`${SEEN}=`)),
    reply.server.serializeCookie(SEEN, position, form)
  ])
}

/** For a year, to a browser that has none; a front that gives them itself says nothing of its traffic. */
export function giveBucket(request: FastifyRequest, reply: FastifyReply, secure: boolean, release: string): void {
  const told = request.headers[TRAFFIC_HEADER]
  if (typeof told !== 'string' || /^[0-9]{1,4}$/.test(request.cookies[BUCKET_COOKIE] ?? '')) return
  const traffic = readTraffic(told)
  const bucket = traffic && drawBucket(traffic, release)
  if (bucket === undefined) return
  reply.setCookie(BUCKET_COOKIE, String(bucket), {
    httpOnly: true,
    secure,
    sameSite: 'lax',
    path: '/',
    maxAge: 31_536_000
  })
}
