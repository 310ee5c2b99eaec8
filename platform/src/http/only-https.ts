import type { FastifyInstance } from 'fastify'
import { defineError } from '../errors.ts'

const Insecure = defineError(
  'request.insecure',
  'forbidden',
  () => 'This came without encryption. Send it to the https address, and treat what was in it as read by others.'
)

/**
 * Behind a proxy that says so, what people asked over http is sent to https; what carries a body is refused, because a
 * redirect would hide that it was readable on its way. Whoever asks without a proxy (health, metrics) is not meant.
 */
export function onlyHttps(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers['x-forwarded-proto'] === undefined || request.protocol === 'https') return
    if (request.method !== 'GET' && request.method !== 'HEAD') throw Insecure()
    return reply.redirect(`https://${request.host.replace(/:80$/, '')}${request.url}`, 308)
  })
}
