import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { signedInSigns } from '@lyceum/platform/cookies'
import { answerUnknownRoute } from '@lyceum/platform/problem'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Composition } from './compose.ts'
import { answerClosed } from './maintenance-page.ts'
import { WEB_DIST } from './web-build.ts'
import { openPages } from './web-page.ts'

const DOCUMENT_HEADERS = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'referrer-policy',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
  'x-request-id',
  'x-lyceum-release'
]

/**
 * Serves the built web app: files with a digest in their name for a year, everything else fresh. Every address that is
 * neither the API nor a file is a screen, so it answers with a page (`web-page.ts`), or says that there is maintenance.
 * @param closedTo what keeps a visitor out
 */
export async function serveWeb(
  app: FastifyInstance,
  sharedAssets: string | undefined,
  { closedTo, clock }: Pick<Composition, 'closedTo' | 'clock'>
): Promise<void> {
  const folders = [WEB_DIST, ...(sharedAssets === undefined ? [] : [sharedAssets])].map((root) => join(root, 'assets'))
  await app.register(fastifyStatic, {
    // A page of another release may ask here for its files, and one of ours at a server of the other.
    root: sharedAssets === undefined ? WEB_DIST : [WEB_DIST, sharedAssets],
    wildcard: true,
    preCompressed: true,
    cacheControl: false,
    index: false,
    // What draws pages, and the list of files, are for us.
    dotfiles: 'ignore',
    setHeaders: (reply, path) => {
      const immutable = folders.some((folder) => path.startsWith(folder))
      reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
      // Only documents obey these, and a page is made of many files: on a phone they would weigh as much as the code.
      if (immutable && /\.(?:js|css)(?:\.(?:br|gz))?$/.test(path))
        for (const name of DOCUMENT_HEADERS) {
          reply.removeHeader(name)
          reply.raw.removeHeader(name)
        }
    }
  })
  const draw = openPages(app)
  const pages = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // Operators come in where everybody does.
    const closed = request.url.split('?')[0] === '/sign-in' ? undefined : await closedTo(request)
    return closed ? answerClosed(request, reply, closed, clock.now()) : draw(request, reply)
  }
  // Whoever is not signed in would be sent there by the app, once all of it has come.
  app.get('/', { schema: { hide: true } }, async (request, reply) =>
    signedInSigns(request) === 'no' && !(await closedTo(request)) ? reply.redirect('/sign-in') : pages(request, reply)
  )
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/'
    const screen =
      (request.method === 'GET' || request.method === 'HEAD') &&
      !path.startsWith('/api/') &&
      !/\.[a-z0-9]+$/i.test(path)
    return screen ? pages(request, reply) : answerUnknownRoute(request, reply)
  })
}
