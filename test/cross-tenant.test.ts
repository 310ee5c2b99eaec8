import { type Operation, pathParams } from '@lyceum/platform/contract'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleObject } from './testing/example-input.ts'
import { addressWith, makeOneOfEach, type Objects } from './testing/one-of-each.ts'

/**
 * Every route that names an object, asked by the administrator of another school with a well-formed request: the object
 * must not exist for them. The list of routes comes from the contracts, so a new route is in it the day it is written; a
 * route with a new kind of parameter fails here until this test knows an object for it.
 */
let server: TestServer
let school: TestSchool
let teacher: TestPerson
let stranger: TestPerson
let strangersSchool: TestSchool
let objects: Objects

const routes = (): { name: string; operation: Operation }[] =>
  server.runtime.modules.flatMap(({ contract }) =>
    Object.entries(contract.operations)
      .filter(([, { access, path }]) => access !== 'internal' && pathParams(path).length > 0)
      .map(([name, operation]) => ({ name, operation }))
  )

beforeAll(async () => {
  server = await startTestServer()
  strangersSchool = await server.newSchool()
  stranger = await strangersSchool.person('administrator', 'sten')
  const made = await makeOneOfEach(server)
  school = made.school
  teacher = made.teacher
  objects = made.objects
})
afterAll(() => server.close())

const ask = (person: TestPerson, host: string, { method, path, input, ifMatch }: Operation) => {
  const named = pathParams(path)
  const rest = exampleObject(input, (field) => !named.includes(field))
  const inQuery = method === 'GET' || method === 'DELETE'
  const query = inQuery
    ? new URLSearchParams(Object.entries(rest).map(([key, value]): [string, string] => [key, String(value)])).toString()
    : ''
  return server.app.inject({
    method,
    url: `/api/v1${addressWith(objects, path)}${query === '' ? '' : `?${query}`}`,
    headers: { host, authorization: `Bearer ${person.token}`, ...(ifMatch ? { 'if-match': '"1"' } : {}) },
    ...(inQuery ? {} : { payload: rest })
  })
}

describe('an object of another school', () => {
  it('does not exist, on every route there is', async () => {
    expect(routes().length).toBeGreaterThan(40)
    const wrong: string[] = []
    for (const { name, operation } of routes()) {
      const response = await ask(stranger, strangersSchool.host, operation)
      // Operations above schools are closed to administrators altogether.
      const expected = operation.access.startsWith('operator:') ? 403 : 404
      // A browser on its way to sign in is sent back to the sign-in page with the reason instead of a JSON answer.
      const sentBack = /^\/sign-in\?error=/.test(String(response.headers.location))
      if (response.statusCode === expected || (operation.redirect && response.statusCode === 302 && sentBack)) continue
      wrong.push(
        `${name}: ${operation.method} ${operation.path} → ${response.statusCode} ${response.headers.location ?? response.body}`
      )
    }
    expect(wrong).toEqual([])
  })

  it('is there for its own school, so that the test above looks at something', async () => {
    const reads = routes().filter(
      ({ operation: { method, path } }) =>
        method === 'GET' && /:(courseId|unitId|itemId)/.test(path) && pathParams(path).length === 1
    )
    expect(reads.length).toBeGreaterThan(8)
    for (const { name, operation } of reads) {
      const response = await ask(teacher, school.host, operation)
      expect(response.statusCode, `${name} ${response.body}`).toBe(200)
    }
  })

  it('stays hidden from a token of the wrong school', async () => {
    const response = await server.app.inject({
      url: '/api/v1/me',
      headers: { host: strangersSchool.host, authorization: `Bearer ${teacher.token}` }
    })
    expect(response.statusCode).toBe(401)
    expect(response.json()).toMatchObject({ code: 'auth.access-invalid' })
  })
})
