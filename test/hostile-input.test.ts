import { type Operation, pathParams } from '@lyceum/platform/contract'
import { startTestServer, type TestPerson, type TestServer } from '@lyceum/server/testing'
import fc, { type Arbitrary } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Schema } from './testing/example-input.ts'
import { hostileObject } from './testing/hostile-input.ts'
import { addressWith, makeOneOfEach, type OneOfEach, objectFor } from './testing/one-of-each.ts'

/**
 * Every route there is, asked by an administrator who is an operator too, so that nothing stops at a missing right. Whatever
 * is sent, the server answers: with what was asked for or with a problem (RFC 9457) that names the field, and never
 * with a fault of its own. `FUZZ_RUNS` and `FUZZ_SEED` look further than the fixed requests of a test run.
 */
const RUNS = Number(process.env.FUZZ_RUNS ?? 40)
const SEED = Number(process.env.FUZZ_SEED ?? 20)

let server: TestServer
let made: OneOfEach
let root: TestPerson

interface Route {
  readonly name: string
  readonly operation: Operation
}

/** What takes things away comes last, so that the others find something. */
const routes = (): Route[] => {
  const all = server.runtime.modules.flatMap(({ contract }) =>
    Object.entries(contract.operations)
      .filter(([, { access }]) => access !== 'internal')
      .map(([name, operation]) => ({ name, operation }))
  )
  const removes = ({ operation: { method } }: Route) => Number(method === 'DELETE')
  return all.sort((a, b) => removes(a) - removes(b))
}

beforeAll(async () => {
  server = await startTestServer()
  made = await makeOneOfEach(server)
  // A school that may be renamed, moved and suspended without closing the door of this one.
  const { id: tenantId } = await server.newSchool()
  made = { ...made, objects: { ...made.objects, tenantId } }
})
afterAll(() => server.close())

const DEEP = 50_000
const MALFORMED: readonly { readonly type?: string; readonly payload: string | Buffer }[] = [
  { payload: '' },
  { payload: '{' },
  { payload: 'null' },
  { payload: '[]' },
  { payload: '"text"' },
  { payload: '1' },
  { payload: '{"a":1}{"b":2}' },
  { payload: '\ufeff{}' },
  { payload: '{"title":"\u0000"}' },
  { payload: '{"title":"\\u0000","name":"\\ud800"}' },
  { payload: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
  { payload: '{"__proto__":{"polluted":true}}' },
  { payload: '{"constructor":{"prototype":{"polluted":true}}}' },
  { payload: `${'['.repeat(DEEP)}${']'.repeat(DEEP)}` },
  { payload: `${'{"title":'.repeat(DEEP)}1${'}'.repeat(DEEP)}` },
  { payload: '1'.repeat(900_000) },
  { type: 'text/plain', payload: 'hello' },
  { type: 'application/x-www-form-urlencoded', payload: 'title=a' },
  { type: 'multipart/form-data', payload: '--x' },
  { type: 'nonsense', payload: '{}' }
]

interface Sent {
  readonly path: Record<string, unknown>
  readonly rest: Record<string, unknown>
  readonly version: string
  readonly key: string | undefined
}

function requests({ input, path }: Operation): Arbitrary<Sent> {
  const schema: Schema = input
  const named = pathParams(path)
  const ids = Object.entries(made.objects).flatMap(([name, id]) => (name.endsWith('Id') ? [id] : []))
  const garbled = hostileObject(schema, ids, (field) => named.includes(field))
  return fc.record({
    path: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Record<string, unknown>>({}) },
      { weight: 1, arbitrary: garbled }
    ),
    rest: hostileObject(schema, ids, (field) => !named.includes(field)),
    version: fc.constantFrom('"current"', '"0"', '"1"', '"999999999999999"', 'W/"2"', '*', '""', 'x'),
    key: fc.option(fc.constantFrom('a', 'a', 'k'.repeat(200), 'k'.repeat(201), ' ', 'é'), { nil: undefined })
  })
}

async function send({ operation: { method, path: template, ifMatch } }: Route, { path, rest, version, key }: Sent) {
  const filled = template.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(wellFormed(textOf(path[name] ?? objectFor(made.objects, template, name))))
  )
  const inQuery = method === 'GET' || method === 'DELETE'
  const query = inQuery
    ? Object.entries(rest).map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(textOf(value)))}`)
    : []
  return server.app.inject({
    method,
    url: `/api/v1${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    headers: {
      host: made.school.host,
      authorization: `Bearer ${root.token}`,
      ...(ifMatch ? { 'if-match': version === '"current"' ? `"${await versionOf(template)}"` : version } : {}),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(inQuery ? {} : { 'content-type': 'application/json' })
    },
    ...(inQuery ? {} : { payload: JSON.stringify(rest) })
  })
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
/** An address cannot carry half a character: that is a fault of whoever builds it. */
const wellFormed = (text: string): string => text.toWellFormed()

/** Where the version stands that an edit must name to get past that check. */
const VERSIONS: readonly (readonly [RegExp, string, (made: OneOfEach) => string | undefined])[] = [
  [/outline$/, 'select outline_version as version from course.course', ({ objects }) => objects.courseId],
  [/^\/courses/, 'select version from course.course', ({ objects }) => objects.courseId],
  [/^\/units/, 'select version from course.unit', ({ objects }) => objects.unitId],
  [/page$/, 'select html_version as version from course.item', ({ objects }) => objects.itemId],
  [/^\/items/, 'select version from course.item', ({ objects }) => objects.itemId],
  [/^\/people/, 'select version from "user".person', ({ objects }) => objects.userId],
  [/^\/identity-providers/, 'select version from "user".identity_provider', ({ objects }) => objects.providerId],
  [/^\/operator/, 'select version from "user".tenant', ({ objects }) => objects.tenantId],
  [/^\/academic-calendar/, 'select version from course.calendar_entry', ({ objects }) => objects.entryId],
  [/^\/school/, 'select version from "user".tenant', ({ school }) => school.id]
]

async function versionOf(template: string): Promise<number> {
  const [, select, idOf] = VERSIONS.find(([path]) => path.test(template)) ?? []
  if (!select || !idOf) throw new Error(`This test does not know where the version of ${template} stands`)
  const { rows } = await server.owner.query<{ version: number }>(`${select} where id = $1`, [idOf(made)])
  return rows[0]?.version ?? 0
}

/** Puts back what the requests before may have taken away. */
async function tidy(): Promise<void> {
  await server.owner.query('delete from "user".throttle')
  await server.owner.query(
    `update course.course set deleted_at = null, archived_at = null, published_at = now() where id = $1`,
    [made.objects.courseId]
  )
  await server.owner.query('update course.unit set deleted_at = null where id = $1', [made.objects.unitId])
  await server.owner.query('update course.item set deleted_at = null where id = $1', [made.objects.itemId])
  await server.owner.query('update course.calendar_entry set deleted_at = null where id = $1', [made.objects.entryId])
  root = await made.school.person('administrator', 'root', { operator: true })
}

async function becomeLearner(): Promise<void> {
  const { teacher, objects } = made
  const courseId = objects.courseId ?? ''
  await teacher.api.course.enrolPeople({ courseId, role: 'learner', people: [{ email: root.email }] })
}

const brief = (text: string): string => text.replace(/(.)\1{40,}/gu, '$1…').slice(0, 400)

/** What is wrong with an answer, or undefined. */
function faultOf({ statusCode, headers, body }: Awaited<ReturnType<typeof send>>): string | undefined {
  if (statusCode >= 500) return `${statusCode} ${brief(body)}`
  if (statusCode < 400) return undefined
  if (!String(headers['content-type']).startsWith('application/problem+json'))
    return `${statusCode} is no problem+json: ${headers['content-type']} ${body.slice(0, 100)}`
  const problem: Record<string, unknown> = JSON.parse(body)
  for (const field of ['type', 'title', 'detail', 'code', 'requestId'])
    if (typeof problem[field] !== 'string' || problem[field] === '') return `a problem without ${field}: ${body}`
  if (problem.status !== statusCode) return `the problem says another status than ${statusCode}: ${body}`
  if (problem.code === 'request.invalid') {
    const { errors } = problem
    if (!Array.isArray(errors) || errors.length === 0) return `request.invalid names no field: ${body}`
    const wrong = errors.find(({ field }) => typeof field !== 'string' || !field.startsWith('/'))
    if (wrong) return `a field is no JSON pointer: ${JSON.stringify(wrong)}`
  }
  return undefined
}

describe('whatever is sent', () => {
  it('is answered or refused in words, on every route there is', { timeout: 600_000 }, async () => {
    const faults: string[] = []
    const refusedOnly: string[] = []
    for (const [index, route] of routes().entries()) {
      const { name, operation } = route
      await tidy()
      if (name === 'saveProgress') await becomeLearner()
      // A password costs its time to digest, whoever sends it.
      const numRuns = operation.guessable ? Math.ceil(RUNS / 4) : RUNS
      let answered = false
      for (const sent of fc.sample(requests(operation), { numRuns, seed: SEED + index })) {
        const response = await send(route, sent)
        answered ||= response.statusCode < 400
        const fault = faultOf(response)
        if (fault)
          faults.push(`${name}: ${operation.method} ${operation.path} ${brief(JSON.stringify(sent))} → ${fault}`)
        if (operation.guessable) await server.owner.query('delete from "user".throttle')
      }
      if (!answered) refusedOnly.push(name)
    }
    // Most must get past the checks of shape, or this test looks at those alone.
    expect(refusedOnly.length, refusedOnly.join(' ')).toBeLessThan(routes().length / 4)
    expect(faults.slice(0, 60)).toEqual([])
  })

  it('is told by field what cannot be kept, and why', async () => {
    await tidy()
    const { course } = root.api
    const courseId = made.objects.courseId ?? ''
    const people = [{ email: 'a@example.test' }, { email: 'b@example.test', name: 'B\u0000b' }]
    await expect(course.enrolPeople({ courseId, role: 'learner', people })).rejects.toMatchObject({
      status: 400,
      problem: { code: 'request.invalid', errors: [{ field: '/people/1/name', code: 'characters' }] }
    })
    await expect(course.createCourse({ title: 'Welcome \ud83d' })).rejects.toMatchObject({
      problem: { errors: [{ field: '/title', message: expect.stringContaining('emoji') }] }
    })
    await expect(course.createCourse({ title: 'Soon', startsAt: '2026-01-01T00:00:00+23:59' })).rejects.toMatchObject({
      problem: { errors: [{ field: '/startsAt', code: 'format' }] }
    })
    await expect(course.listCourses({ search: '\u0000' })).rejects.toMatchObject({
      problem: { errors: [{ field: '/search', code: 'characters' }] }
    })
  })

  it('is refused in words when it is no JSON at all', { timeout: 60_000 }, async () => {
    await tidy()
    const faults: string[] = []
    const bodies = routes().filter(({ operation: { method } }) => method !== 'GET' && method !== 'DELETE')
    expect(bodies.length).toBeGreaterThan(40)
    for (const { name, operation } of bodies) {
      for (const { type = 'application/json', payload } of MALFORMED) {
        const response = await server.app.inject({
          method: operation.method,
          url: `/api/v1${addressWith(made.objects, operation.path)}`,
          headers: {
            host: made.school.host,
            authorization: `Bearer ${root.token}`,
            'content-type': type,
            ...(operation.ifMatch ? { 'if-match': '"1"' } : {})
          },
          payload
        })
        const fault = faultOf(response)
        if (fault) faults.push(`${name} ${type} ${brief(payload.toString())} → ${fault}`)
      }
      await server.owner.query('delete from "user".throttle')
    }
    expect(faults).toEqual([])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('is refused in words when the address or the protocol is wrong', async () => {
    await tidy()
    const { host } = made.school
    const authorization = `Bearer ${root.token}`
    const bare = { host, authorization, 'tus-resumable': '1.0.0' }
    const upload = `/api/v1/uploads/${made.objects.fileId}`
    const content = `/api/v1/files/${made.objects.fileId}/content`
    for (const [method, url, headers] of [
      ['GET', '/api/v1/courses/%E0%A4%A', bare],
      ['GET', `/api/v1/courses/${'x'.repeat(400)}`, bare],
      ['GET', '/api/v1/courses/%00', bare],
      ['GET', '/api/v1/courses?limit=1&limit=2&search[]=a&search=b', bare],
      ['GET', '/api/v1/courses?__proto__[polluted]=1&limit=-1', bare],
      ['GET', '/api/v1/nothing/here', bare],
      ['GET', '/api/v1/me', { host, authorization: 'Bearer x' }],
      ['GET', '/api/v1/me', { host, authorization: `Bearer ${'x'.repeat(9_000)}` }],
      ['GET', '/api/v1/me', { host: 'nobody.test' }],
      ['GET', `${content}/a.png`, bare],
      ['GET', `${content}/%00?expires=x&signature=%00`, bare],
      ['GET', `${content}/a.png?variant=w9`, bare],
      ['GET', '/api/v1/files/x/content/a.png', bare],
      ['POST', '/api/v1/uploads', bare],
      ['POST', '/api/v1/uploads', { host, authorization }],
      ['POST', '/api/v1/uploads', { ...bare, 'upload-length': '-1' }],
      ['POST', '/api/v1/uploads', { ...bare, 'upload-length': '1e9' }],
      ['POST', '/api/v1/uploads', { ...bare, 'upload-length': '9'.repeat(30) }],
      ['POST', '/api/v1/uploads', { ...bare, 'upload-defer-length': '1' }],
      ['POST', '/api/v1/uploads', { ...bare, 'upload-length': '1', 'upload-metadata': 'filename' }],
      ['POST', '/api/v1/uploads', { ...bare, 'upload-length': '1', 'upload-metadata': 'filename AGEA,,filename !' }],
      ['PATCH', upload, { ...bare, 'upload-offset': 'x' }],
      ['PATCH', upload, { ...bare, 'upload-offset': '-1', 'content-type': 'application/offset+octet-stream' }],
      ['PATCH', '/api/v1/uploads/x', { ...bare, 'upload-offset': '0' }],
      ['DELETE', '/api/v1/uploads/x', bare]
    ] as const) {
      const response = await server.app.inject({ method, url, headers })
      expect(
        `${response.statusCode} ${faultOf(response) ?? ''}`,
        `${method} ${url} ${JSON.stringify(headers)}`
      ).toMatch(/^[234]\d\d $/)
    }
  })
})
