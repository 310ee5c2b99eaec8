import { once } from 'node:events'
import { createServer as createProbe } from 'node:net'
import { join } from 'node:path'
import { answerUnknownRoute } from '@lyceum/platform/problem'
import type { FastifyInstance } from 'fastify'
import { createServer } from 'vite'
import { WEB_DIST } from './web-build.ts'

/** Serves the web app from its sources, with hot reload. */
export async function serveWebFromSources(app: FastifyInstance): Promise<() => Promise<void>> {
  const root = join(WEB_DIST, '..')
  const vite = await createServer({
    root,
    configFile: join(root, 'vite.config.ts'),
    appType: 'spa',
    // On a port of its own: what asks for an upgrade on ours is answered by the product.
    server: { middlewareMode: true, hmr: { port: await anyPort() } }
  })
  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith('/api/')) return answerUnknownRoute(request, reply)
    reply.hijack()
    // React's refresh and Vite's client are inline scripts; only development serves them.
    reply.raw.removeHeader('content-security-policy')
    vite.middlewares(request.raw, reply.raw, () => {
      reply.raw.statusCode = 404
      reply.raw.end()
    })
  })
  return () => vite.close()
}

async function anyPort(): Promise<number> {
  const probe = createProbe().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('The system gave no port')
  return address.port
}
