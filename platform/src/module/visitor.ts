import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import type { ProbeAnswer, Visitor } from './probe.ts'

const PATIENCE_MS = 15_000

/** Somebody who asks one address in the name of another host: `fetch` may not say which host it means. */
export function createVisitor(
  address: string,
  host: string,
  who: { readonly email: string; readonly password: string }
): Visitor {
  const base = new URL(address)
  const send = base.protocol === 'https:' ? httpsRequest : httpRequest
  let token: string | undefined
  return {
    ...who,
    bear: (given) => {
      token = given
    },
    send: async (method, path, { body, headers = {} } = {}) => {
      const bytes = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
      const { promise, resolve, reject } = Promise.withResolvers<ProbeAnswer>()
      const request = send(
        new URL(`/api/v1${path}`, base),
        {
          method,
          timeout: PATIENCE_MS,
          headers: {
            host,
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(bytes === undefined
              ? {}
              : { 'content-length': Buffer.byteLength(bytes), 'content-type': 'application/json' }),
            ...headers
          }
        },
        (response) => {
          text(response).then(
            (received) =>
              resolve({
                status: response.statusCode ?? 0,
                header: (name) => {
                  const value = response.headers[name]
                  return Array.isArray(value) ? (value[0] ?? null) : (value ?? null)
                },
                body: parse(received)
              }),
            reject
          )
        }
      )
      request.on('timeout', () => request.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} seconds`)))
      request.on('error', reject)
      request.end(bytes)
      return promise
    }
  }
}

function parse(received: string): unknown {
  try {
    return JSON.parse(received)
  } catch {
    return received
  }
}
