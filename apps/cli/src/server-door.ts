import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { type Client, createClient } from '@lyceum/client'

/** A server and who acts there. */
export interface Door {
  readonly url: URL
  /** The school's host where it differs from the address; which school is meant goes by this. */
  readonly host: string
  /** An access token that is good for some minutes more. */
  readonly token: () => Promise<string | undefined>
}

/** A client that can say which host it means: `fetch` may not. */
export const clientAt = ({ url, host, token }: Door): Client =>
  createClient(async ({ method, url: path, headers, body }) => {
    const bearer = await token()
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(
      new URL(path, url),
      {
        method,
        headers: {
          ...headers,
          host,
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) })
        }
      },
      (response) => {
        text(response).then((received) => resolve({ status: response.statusCode ?? 0, body: received }), reject)
      }
    )
    request.on('error', reject)
    request.end(body)
    const answer = await promise
    return { status: answer.status, body: parse(answer.body) }
  })

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
