import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Transport } from '@lyceum/client'
import { cookieOf, signedInSigns } from '@lyceum/platform/cookies'
import { asInner } from '@lyceum/platform/inner-request'
import { MAINTENANCE_HEADER } from '@lyceum/platform/maintenance'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Drawn, fillPage, inlineScript, languagesOf, linksOf } from './page-template.ts'
import { WEB_DIST } from './web-build.ts'

type Draw = (visit: {
  readonly url: string
  readonly signedIn: 'yes' | 'perhaps' | 'no'
  readonly ask: Transport
  readonly told: Readonly<Record<string, string | undefined>>
  readonly languages: readonly string[]
}) => Promise<Drawn>

/** Cookies by which the app tells the server about the device; `tell-server.ts` sets them. */
const TOLD = ['lyceum.language', 'lyceum.language.last', 'lyceum.zone']

/**
 * Answers requests for pages: the built `index.html` with the language, the school's name, what the app would ask for
 * first and, for the screens that people arrive at, their picture. A page that cannot be drawn goes out as it was built.
 */
export function openPages(
  app: FastifyInstance
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  const template = readFileSync(join(WEB_DIST, 'index.html'), 'utf8')
  const links = linksOf(JSON.parse(readFileSync(join(WEB_DIST, '.vite/manifest.json'), 'utf8')))
  const digest = createHash('sha256').update(inlineScript(template)).digest('base64')
  const allowed = `script-src 'self' 'sha256-${digest}'`
  const load = importDraw()

  return async (request, reply) => {
    const drawn = await draw(request)
    const maintenance = reply.getHeader(MAINTENANCE_HEADER)
    const html = drawn ? fillPage(template, { ...drawn, served: { ...drawn.served, maintenance } }, links) : template
    const policy = String(reply.getHeader('content-security-policy') ?? '')
    reply.header('content-security-policy', policy.replace("script-src 'self'", allowed))
    reply.header('vary', 'accept-encoding, accept-language, cookie')
    // Pressing “back” after signing out must not bring somebody's dashboard back from the browser's cache.
    reply.header('cache-control', drawn?.personal ? 'no-store' : 'private, no-cache')
    reply.type('text/html; charset=utf-8')
    const etag = `W/"${createHash('sha1').update(html).digest('base64url')}"`
    if (!drawn?.personal) reply.header('etag', etag)
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.send(await compressed(html, request, reply))
  }

  async function draw(request: FastifyRequest): Promise<Drawn | undefined> {
    try {
      return await (await load)({
        url: request.url,
        signedIn: signedInSigns(request),
        ask: askAs(app, request),
        told: Object.fromEntries(TOLD.map((name) => [name, cookieOf(request, name)])),
        languages: languagesOf(request.headers['accept-language'])
      })
    } catch (error) {
      // Refusals of our own API are told by the app; anything else is a fault.
      const refused = error instanceof Error && error.name === 'ProblemError'
      request.log[refused ? 'debug' : 'warn']({ reqId: request.id, err: error }, 'a page goes out as it was built')
      return undefined
    }
  }
}

/** Begins at once, so that the first visitor does not wait for it. */
function importDraw(): Promise<Draw> {
  const module = import(pathToFileURL(join(WEB_DIST, '.server/draw.js')).href).then(({ draw }: { draw: Draw }) => draw)
  // Whoever waits for it hears of it.
  module.catch(() => undefined)
  return module
}

/** Reads from our own API in the name of whoever asks for the page. */
function askAs(app: FastifyInstance, request: FastifyRequest): Transport {
  const kept = Object.entries(request.headers).filter(
    ([name]) => !/^(?:if-|accept|content-|connection|range)/.test(name)
  )
  const headers = { ...Object.fromEntries(kept), accept: 'application/json', ...asInner(request) }
  return async ({ url }) => {
    const answer = await app.inject({ method: 'GET', url, headers, remoteAddress: request.socket.remoteAddress ?? '' })
    const json = String(answer.headers['content-type']).includes('json')
    return { status: answer.statusCode, body: json ? answer.json<unknown>() : undefined }
  }
}

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

async function compressed(html: string, request: FastifyRequest, reply: FastifyReply): Promise<Buffer | string> {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  if (/\bbr\b/.test(accepted)) {
    reply.header('content-encoding', 'br')
    return await toBrotli(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
  }
  if (!/\bgzip\b/.test(accepted)) return html
  reply.header('content-encoding', 'gzip')
  return await toGzip(html)
}
