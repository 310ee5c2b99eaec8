import { connect as connectHttp2 } from 'node:http2'
import { request } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Colour, type FrontDoor, HOST, openFrontDoor, startColour } from '../testing/front-door.ts'
import { findProgram } from '../testing/program.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

describe.each(['nginx', 'haproxy'] as const)('%s', (kind) => {
  const program = findProgram(kind)

  describe.skipIf(program === undefined)('as rendered', () => {
    let blue: Colour
    let green: Colour
    let door: FrontDoor

    beforeAll(async () => {
      blue = await startColour('blue', ['now.js'])
      green = await startColour('green', ['next.js'])
      door = await openFrontDoor(kind, program ?? '', { blue, green })
    })
    afterAll(async () => {
      await door?.stop()
      await blue?.close()
      await green?.close()
    })

    const ask = (
      path: string,
      { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: Buffer } = {}
    ) =>
      new Promise<Answer>((answer, fail) => {
        const sent = request(
          {
            host: '127.0.0.1',
            port: door.port,
            path,
            method,
            headers: { host: HOST, ...headers },
            rejectUnauthorized: false,
            servername: HOST
          },
          (response) => {
            let text = ''
            response.setEncoding('utf8')
            response.on('data', (part: string) => {
              text += part
            })
            response.on('end', () =>
              answer({ status: response.statusCode ?? 0, headers: response.headers, body: text })
            )
          }
        )
        sent.on('error', fail)
        sent.end(body)
      })

    it('speaks HTTP/2 over TLS 1.2 and 1.3, and nothing older', async () => {
      const session = connectHttp2(`https://127.0.0.1:${door.port}`, { rejectUnauthorized: false, servername: HOST })
      const status = await new Promise((answer, fail) => {
        session.on('error', fail)
        session
          .request({ ':path': '/api/v1/courses', ':authority': HOST })
          .on('response', (headers) => answer(headers[':status']))
          .resume()
      })
      expect([status, session.alpnProtocol]).toEqual([200, 'h2'])
      session.destroy()
      const versions = await Promise.all(
        (['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const).map(
          (version) =>
            new Promise<string>((answer) => {
              const socket = connectTls(
                {
                  port: door.port,
                  host: '127.0.0.1',
                  servername: HOST,
                  rejectUnauthorized: false,
                  minVersion: version,
                  maxVersion: version,
                  ciphers: 'DEFAULT@SECLEVEL=0'
                },
                () => {
                  answer(socket.getProtocol() ?? '')
                  socket.destroy()
                }
              )
              socket.on('error', () => answer('refused'))
            })
        )
      )
      expect(versions).toEqual(['refused', 'TLSv1.2', 'TLSv1.3'])
    })

    it('sends plain HTTP to TLS', async () => {
      const response = await fetch(`http://127.0.0.1:${door.plainPort}/courses?page=2`, {
        redirect: 'manual',
        headers: { host: HOST }
      })
      expect(response.status).toBe(308)
      expect(response.headers.get('location')).toMatch(/^https:\/\/[^/]+\/courses\?page=2$/)
    })

    it('sends nothing twice that may have changed something, whatever became of it', async () => {
      const { status } = await ask('/api/v1/courses/dies', { method: 'POST', body: Buffer.from('{}') })
      expect(status).toBeGreaterThanOrEqual(502)
      expect([...blue.seen, ...green.seen].filter(({ url }) => url === '/api/v1/courses/dies')).toHaveLength(1)
    })

    it('gives everybody a bucket once', async () => {
      const first = await ask('/api/v1/courses')
      expect(String(first.headers['set-cookie'])).toMatch(
        /^lyceum_bucket=\d{1,4}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure$/
      )
      expect(
        (await ask('/api/v1/courses', { headers: { cookie: 'lyceum_bucket=4711' } })).headers['set-cookie']
      ).toBeUndefined()
      expect(
        (await ask('/api/v1/courses', { headers: { cookie: 'lyceum_bucket=a4711' } })).headers['set-cookie']
      ).toBeDefined()
    })

    it('keeps measurements to those who watch', async () => {
      const before = blue.seen.length
      for (const path of ['/metrics', '/health/database']) expect((await ask(path)).status).toBe(404)
      expect(blue.seen.length).toBe(before)
    })

    it('tells the product who asks, whatever the asker says', async () => {
      await ask('/api/v1/whoami', {
        headers: { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'http', 'x-lyceum-tenant': 'harbour' }
      })
      expect(blue.seen.at(-1)?.headers).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': HOST,
        host: HOST
      })
      expect(blue.seen.at(-1)?.headers['x-lyceum-tenant']).toBeUndefined()
      expect(blue.seen.at(-1)?.headers['x-request-id']).toMatch(/^[0-9a-f-]{32,36}$/)
    })

    it('adds security headers where the product has none, and never twice', async () => {
      const { headers } = await ask('/api/v1/courses')
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
      expect((await ask('/metrics')).headers['x-content-type-options']).toBe('nosniff')
    })

    it('never answers for the API from a cache', async () => {
      const before = blue.seen.length
      for (let time = 0; time < 3; time++) await ask('/api/v1/courses')
      expect(blue.seen.length - before).toBe(3)
    })

    it('passes a stream on word by word', async () => {
      const first = await new Promise<string>((answer, fail) => {
        request(
          {
            host: '127.0.0.1',
            port: door.port,
            path: '/api/v1/teacher/stream',
            headers: { host: HOST },
            rejectUnauthorized: false
          },
          (response) =>
            response.once('data', (part) => {
              answer(String(part))
              blue.endStreams()
              response.resume()
            })
        )
          .on('error', fail)
          .end()
      })
      expect(first).toBe('data: first\n\n')
    })

    it('passes an upload on while it arrives', async () => {
      blue.received = 0
      const sent = request({
        host: '127.0.0.1',
        port: door.port,
        path: '/api/v1/uploads/1',
        method: 'PATCH',
        headers: { host: HOST, 'content-length': 4_000_000 },
        rejectUnauthorized: false
      })
      sent.on('error', () => undefined)
      sent.write(Buffer.alloc(3_000_000))
      await expect.poll(() => blue.received, { timeout: 10_000 }).toBeGreaterThan(1_000_000)
      const done = new Promise((answer) => sent.on('response', ({ statusCode }) => answer(statusCode)))
      sent.end(Buffer.alloc(1_000_000))
      expect(await done).toBe(200)
    })

    it('refuses what is too large before it is sent', async () => {
      const status = (path: string, bytes: number) =>
        new Promise<number>((answer) => {
          const sent = request(
            {
              host: '127.0.0.1',
              port: door.port,
              path,
              method: 'POST',
              headers: { host: HOST, 'content-length': bytes },
              rejectUnauthorized: false
            },
            ({ statusCode }) => {
              answer(statusCode ?? 0)
              sent.destroy()
            }
          )
          sent.on('error', () => undefined)
          sent.flushHeaders()
        })
      expect(await status('/api/v1/uploads', 514 * 1024 ** 2)).toBe(413)
      expect(await status('/api/v1/courses', 3 * 1024 ** 2)).toBe(413)
    })

    it('lets WebSockets through', async () => {
      const said = await new Promise<string>((answer, fail) => {
        request({
          host: '127.0.0.1',
          port: door.port,
          path: '/api/v1/live/1',
          headers: {
            host: HOST,
            connection: 'Upgrade',
            upgrade: 'websocket',
            'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
            'sec-websocket-version': '13'
          },
          rejectUnauthorized: false
        })
          .on('upgrade', (_response, socket) => {
            socket.once('data', (data) => {
              answer(String(data))
              socket.destroy()
            })
            socket.write('hello')
          })
          .on('error', fail)
          .end()
      })
      expect(said).toBe('hello')
    })

    if (kind === 'nginx')
      it('keeps files of the web app, and finds those of the other colour', async () => {
        const asked = (colour: Colour, file: string) =>
          colour.seen.filter(({ url }) => url === `/assets/${file}`).length
        for (let time = 0; time < 3; time++) expect((await ask('/assets/now.js')).body).toMatch(/^blue/)
        expect(asked(blue, 'now.js')).toBe(1)
        for (let time = 0; time < 2; time++) expect((await ask('/assets/next.js')).body).toMatch(/^green/)
        expect((await ask('/assets/nowhere.js')).status).toBe(404)
      })

    if (kind === 'nginx')
      it('compresses what the product does not', async () => {
        const { headers } = await ask('/assets/now.js', { headers: { 'accept-encoding': 'gzip' } })
        expect(headers['content-encoding']).toBe('gzip')
      })
  })
})
