import '@fastify/swagger'
import type { Config } from '@lyceum/platform/config'
import { PROBLEMS_PATH } from '@lyceum/platform/problem'
import type { FastifyInstance } from 'fastify'
import { problemPage } from './problem-page.ts'

/** The OpenAPI document and what each problem means, always; the page to read it with, where it is switched on (never by default in production). */
export async function serveApiReference(app: FastifyInstance, config: Config): Promise<void> {
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  app.get(PROBLEMS_PATH, { schema: { hide: true } }, (_, reply) =>
    reply.type('text/html; charset=utf-8').header('cache-control', 'public, max-age=3600').send(problemPage())
  )
  const wanted =
    config.ENABLE_API_DOCS === 'true' || (config.ENABLE_API_DOCS === 'auto' && config.LYCEUM_ENV !== 'production')
  if (!wanted) return
  const { default: swaggerUi } = await import('@fastify/swagger-ui')
  await app.register(swaggerUi, { routePrefix: '/api/docs', uiConfig: { deepLinking: true }, staticCSP: true })
}

/** The OpenAPI document of a product that serves nobody. */
export async function describeApi(app: FastifyInstance): Promise<object> {
  await app.ready()
  return app.swagger()
}
