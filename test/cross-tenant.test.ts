import { type Operation, pathParams } from '@lyceum/platform/contract'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleObject } from './testing/example-input.ts'

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
let objects: Record<string, string>

const routes = (): { name: string; operation: Operation }[] =>
  server.runtime.modules.flatMap(({ contract }) =>
    Object.entries(contract.operations)
      .filter(([, { access, path }]) => access !== 'internal' && pathParams(path).length > 0)
      .map(([name, operation]) => ({ name, operation }))
  )

beforeAll(async () => {
  server = await startTestServer()
  school = await server.newSchool()
  strangersSchool = await server.newSchool()
  const administrator = await school.person('administrator', 'ada')
  teacher = await school.person('teacher', 'tomas')
  const learner = await school.person('learner', 'lena')
  stranger = await strangersSchool.person('administrator', 'sten')
  const { course, user } = teacher.api
  const { id: courseId } = await course.createCourse({ title: 'Algebra' })
  const { units } = await course.getCourseHome({ courseId })
  const unitId = units[0]?.id ?? ''
  const { id: itemId } = await course.createItem({ unitId, kind: 'page', title: 'Sets', html: '<p>Sets</p>' })
  const { enrolled } = await course.enrolPeople({ courseId, role: 'learner', people: [{ email: learner.email }] })
  const link = await course.createJoinLink({ courseId, role: 'learner' })
  const peopleImport = await course.createPeopleImport({
    fileName: 'people.csv',
    csv: 'name,email\nNoor,noor@example.test\n',
    courseId
  })
  const provider = await administrator.api.user.createIdentityProvider({
    name: 'Firebase',
    kind: 'firebase',
    projectId: 'demo-project',
    createAccounts: false
  })
  const invited = await administrator.api.user.invitePerson({
    name: 'Ines',
    email: 'ines@example.test',
    role: 'learner'
  })
  await school.anyone.user.requestPasswordReset({ email: learner.email })
  const { entries: mails } = await administrator.api.notification.listMails({})
  const { rows: files } = await server.owner.query(
    `insert into file.file (tenant_id, id, name, media_type, size, sha256, state, created_by, created_at) values ($1, gen_random_uuid(), 'a.png', 'image/png', 1, 'x', 'ready', $2, now()) returning id`,
    [school.id, teacher.id]
  )
  const { rows: signIns } = await server.owner.query(
    `insert into "user".sign_in (tenant_id, id, user_id, method, refresh_digest, rotated_at, device, address, created_at, last_used_at, expires_at)
     values ($1, gen_random_uuid(), $2, 'password', 'x', now(), 'Firefox', '127.0.0.1', now(), now(), now() + interval '1 day') returning id`,
    [school.id, learner.id]
  )
  const { rows: jobs } = await server.worker.pool.query(
    `select graphile_worker.add_job('course.import-course', json_build_object('tenantId', $1::text, 'payload', '{}'::json), run_at => now() + interval '1 day')`,
    [school.id]
  )
  const { rows: queued } = await server.worker.pool.query(
    `select id::text from graphile_worker._private_jobs where payload->>'tenantId' = $1 order by id desc limit 1`,
    [school.id]
  )
  expect(jobs).toHaveLength(1)
  const tokenOf = (text: string | undefined) => /\/(?:invitation|reset-password)\/([\w-]+)/.exec(text ?? '')?.[1] ?? ''
  objects = {
    courseId,
    unitId,
    itemId,
    enrolmentId: enrolled[0]?.id ?? '',
    joinLinkId: link.id,
    userId: learner.id,
    providerId: provider.id,
    fileId: String(files[0]?.id),
    signInId: String(signIns[0]?.id),
    mailId: mails[0]?.id ?? '',
    jobId: String(queued[0]?.id),
    tenantId: school.id,
    importId: peopleImport.id,
    'token /join': link.url.split('/').at(-1) ?? '',
    'token /invitations': tokenOf(mails.find(({ to }) => to === invited.email)?.text),
    'token /auth/password-resets': tokenOf(mails.find(({ to }) => to === learner.email)?.text),
    'token /auth/email-verifications': tokenOf(mails.find(({ to }) => to === invited.email)?.text)
  }
  await user.getMe({})
})
afterAll(() => server.close())

const fill = (path: string): string =>
  path.replace(/:(\w+)/g, (_, name: string) => {
    const value = objects[name] ?? objects[`${name} ${path.slice(0, path.indexOf('/:'))}`]
    if (!value) throw new Error(`This test knows no ${name} for ${path}: make one in beforeAll`)
    return value
  })

const ask = (person: TestPerson, host: string, { method, path, input, ifMatch }: Operation) => {
  const named = pathParams(path)
  const rest = exampleObject(input, (field) => !named.includes(field))
  const inQuery = method === 'GET' || method === 'DELETE'
  const query = inQuery
    ? new URLSearchParams(Object.entries(rest).map(([key, value]): [string, string] => [key, String(value)])).toString()
    : ''
  return server.app.inject({
    method,
    url: `/api/v1${fill(path)}${query === '' ? '' : `?${query}`}`,
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
