import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'

export interface Door {
  readonly url: string
  readonly certificate: string
}

export interface Answer {
  readonly status: number
  readonly release: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

export interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
  /** The body leaves in this many pieces over this time, as from a phone on a bad line. */
  readonly trickle?: { readonly pieces: number; readonly overMs: number }
}

/** One browser: a connection that is kept open, cookies, somebody who is signed in. */
export class Person {
  readonly #door: Door
  readonly #agent: Agent
  readonly #cookies = new Map<string, string>()
  token: string | undefined

  constructor(door: Door, bucket?: number) {
    this.#door = door
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, ca: door.certificate })
    if (bucket !== undefined) this.#cookies.set('lyceum_bucket', String(bucket))
  }

  get bucket(): number {
    return Number(this.#cookies.get('lyceum_bucket'))
  }

  async signIn(email: string, password: string): Promise<void> {
    const { status, body } = await this.send({
      method: 'POST',
      path: '/api/v1/auth/sign-in',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password })
    })
    if (status !== 200) throw new Error(`Signing in as ${email} was answered with ${status}: ${body}`)
    const read: unknown = JSON.parse(body)
    this.token = typeof read === 'object' && read !== null ? String(Reflect.get(read, 'accessToken')) : ''
  }

  /** @throws whatever happened to the connection; nothing is ever sent twice */
  async send({ method = 'GET', path, headers = {}, body, trickle }: Sending): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const url = new URL(path, this.#door.url)
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const secure = url.protocol === 'https:'
    const sending = (secure ? httpsRequest : httpRequest)(url, {
      method,
      ...(secure ? { agent: this.#agent } : {}),
      headers: { ...this.headers(), ...headers, ...length },
      timeout: 40_000
    })
    sending.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('close', () => {
        if (!response.complete) return reject(new Error('the answer was cut off'))
        this.#keepCookies(response)
        resolve({
          status: response.statusCode ?? 0,
          release: String(response.headers['x-lyceum-release'] ?? ''),
          body: Buffer.concat(chunks).toString(),
          headers: response.headers
        })
      })
    })
    sending.on('timeout', () => sending.destroy(new Error('no answer within 40 seconds')))
    sending.on('error', reject)
    // Whoever is still sending hears of it when there is nothing more to send.
    promise.catch(() => undefined)
    if (body !== undefined && trickle) {
      const bytes = Buffer.from(body)
      const size = Math.ceil(bytes.length / trickle.pieces)
      for (let from = 0; from < bytes.length && !sending.destroyed; from += size) {
        sending.write(bytes.subarray(from, from + size))
        await sleep(trickle.overMs / trickle.pieces)
      }
      sending.end()
    } else sending.end(body)
    return promise
  }

  headers(): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return {
      ...(cookie === '' ? {} : { cookie }),
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` })
    }
  }

  openSocket(): WebSocket {
    const url = new URL('/api/v1/live', this.#door.url)
    url.protocol = 'wss:'
    return new WebSocket(url, { headers: this.headers(), ca: this.#door.certificate })
  }

  /** @returns the open stream, once its headers are there */
  openEvents(): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    // A stream occupies its connection, so it has one of its own.
    httpsRequest(
      new URL('/api/v1/live', this.#door.url),
      { agent: false, ca: this.#door.certificate, headers: { ...this.headers(), accept: 'text/event-stream' } },
      resolve
    )
      .on('error', reject)
      .end()
    return promise
  }

  remember(cookie: string, value: string): void {
    this.#cookies.set(cookie, value)
  }

  forget(): void {
    this.#cookies.clear()
  }

  leave(): void {
    this.#agent.destroy()
  }

  #keepCookies({ headers }: IncomingMessage): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/Max-Age=0|Expires=Thu, 01 Jan 1970/.test(line)) this.#cookies.delete(name)
      else if (name === 'lyceum_bucket' || name === 'lyceum_pin') this.#cookies.set(name, value)
    }
  }
}
