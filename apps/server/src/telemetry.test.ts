import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from './testing/test-server.ts'

const TITLE = 'A title that stays at home'
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJlLXRoYXQtaXMtc2VjcmV0'
const PATIENCE = { timeout: 20_000, interval: 50 }

interface Heard {
  readonly path: string
  readonly body: string
}

describe('what is told outside, when something goes wrong', () => {
  const heard: Heard[] = []
  const datagrams: string[] = []
  let sink: Server
  let statsd: Socket
  let server: TestServer
  let school: TestSchool
  let ana: TestPerson
  let problem: { readonly requestId: string; readonly status: number }

  beforeAll(async () => {
    sink = createServer(async (request, response) => {
      heard.push({ path: request.url ?? '', body: await text(request) })
      response.setHeader('content-type', 'application/json').end('{}')
    })
    sink.listen(0, '127.0.0.1')
    await once(sink, 'listening')
    const { port } = sink.address() as AddressInfo
    statsd = createSocket('udp4')
    statsd.on('message', (message) => datagrams.push(message.toString()))
    statsd.bind(0, '127.0.0.1')
    await once(statsd, 'listening')
    server = await startTestServer({
      env: {
        SENTRY_DSN: `http://public@127.0.0.1:${port}/42`,
        STATSD_HOST: `127.0.0.1:${statsd.address().port}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`
      }
    })
    school = await server.newSchool()
    ana = await school.person('teacher', 'ana')
    // A fault of the worst kind: it says what it should not.
    await server.owner.query(`
      create function course.break() returns trigger language plpgsql as $$
      begin raise exception 'no place for % of ${ana.email}, who came with ${TOKEN} from /x?code=letmein', new.title; end $$;
      create trigger break before insert on course.course for each row execute function course.break()`)
    await server.app.listen({ port: 0, host: '127.0.0.1' })
    const address = server.app.server.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${address.port}/api/v1/courses?private=yes`, {
      method: 'POST',
      headers: {
        'x-lyceum-tenant': school.slug,
        authorization: `Bearer ${ana.token}`,
        'content-type': 'application/json',
        'user-agent': 'a phone',
        cookie: 'lyceum_bucket=7; other=mine'
      },
      body: JSON.stringify({ title: TITLE })
    })
    problem = (await answer.json()) as typeof problem
    expect(answer.headers.get('x-request-id')).toBe(problem.requestId)
    await server.close()
    await vi.waitFor(() => expect(datagrams.join('\n')).toContain('lyceum.http_errors_total'), PATIENCE)
  }, 90_000)
  afterAll(() => {
    sink?.close()
    statsd?.close()
  })

  const told = (path: string) => heard.filter((one) => one.path.startsWith(path)).map(({ body }) => body)
  const events = () =>
    told('/api/42/envelope').flatMap((envelope) =>
      envelope.split('\n').flatMap((line) => {
        const part: { exception?: unknown } = JSON.parse(line)
        return part.exception === undefined ? [] : [part]
      })
    )

  it('comes to Sentry once, with release, school and request', () => {
    expect(problem.status).toBe(500)
    expect(events()).toMatchObject([
      {
        release: 'test',
        environment: 'development',
        transaction: 'POST /api/v1/courses',
        tags: { tenant: school.id, request_id: problem.requestId, route: '/api/v1/courses', method: 'POST' },
        exception: { values: [{ value: 'SQLSTATE P0001' }] }
      }
    ])
    const [{ exception } = { exception: undefined }] = events()
    expect(JSON.stringify(exception)).toContain('create-course.ts')
  })

  it('comes to OpenTelemetry as a trace, which Sentry names too, and as metrics', () => {
    const spans = told('/v1/traces').flatMap((body) =>
      JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: unknown[] }[] }) =>
        resource.scopeSpans.flatMap((scope) => scope.spans)
      )
    )
    const request = spans.find(({ name }) => name === 'POST /api/v1/courses')
    expect(request).toMatchObject({ kind: 2, status: { code: 2 } })
    expect(request.attributes).toContainEqual({
      key: 'lyceum.request_id',
      value: { stringValue: problem.requestId }
    })
    expect(spans.find(({ name }) => name === 'course.createCourse')).toMatchObject({ traceId: request.traceId })
    expect(events()).toMatchObject([{ contexts: { trace: { trace_id: request.traceId } } }])
    expect(told('/v1/metrics').join('')).toContain('lyceum_http_errors_total')
    expect(told('/v1/metrics').join('')).toContain('"explicitBounds":[0.005')
  })

  it('comes to StatsD as a time and as a count', () => {
    const lines = datagrams.join('\n').split('\n')
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^lyceum\.http_request_duration:[\d.]+\|ms\|#method:POST,route:\/api\/v1\/courses,status:500$/
      )
    )
    expect(lines).toContainEqual(
      expect.stringMatching(/^lyceum\.http_errors_total:1\|c\|#(?=.*release:test)(?=.*route:\/api\/v1\/courses)/)
    )
  })

  it('says nothing of the person, of what they sent, nor of what lets them in', () => {
    const everything = [...heard.map(({ path, body }) => path + body), ...datagrams].join('\n')
    expect(everything.length).toBeGreaterThan(1_000)
    for (const secret of [
      TITLE,
      ana.email,
      ana.token,
      ana.id,
      TOKEN,
      'letmein',
      'private=yes',
      'a phone',
      'other=mine',
      'token secret of'
    ])
      expect(everything).not.toContain(secret)
  })
})
