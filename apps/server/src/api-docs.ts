import '@fastify/swagger'
import type { Config } from '@lyceum/platform/config'
import type { FastifyInstance } from 'fastify'

/** The OpenAPI document, always; the page to read it with, where it is switched on (never by default in production). */
export async function serveApiReference(app: FastifyInstance, config: Config): Promise<void> {
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger())
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
