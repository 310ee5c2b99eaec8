import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mailsOf, secretFor } from '../testing/mailbox.ts'
import { createSchool } from './create-school.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const operator = async () => (await server.newSchool()).person('administrator', 'olu', { operator: true })

let made = 0
const aSchool = () => {
  made += 1
  return {
    name: `North School ${made}`,
    slug: `north-${made}`,
    hosts: [`North-${made}.test`],
    administratorName: 'Ada',
    administratorEmail: 'ada@example.test'
  }
}

describe('an operator', () => {
  it('makes a school whose administrator is invited there, in its own name', async () => {
    const { api } = await operator()
    const given = aSchool()
    const tenant = await api.user.createTenant(given)
    const host = `north-${made}.test`
    expect(tenant).toMatchObject({ slug: given.slug, hosts: [host], status: 'active', people: 1, version: 1 })
    const [mail] = await mailsOf(server, tenant)
    expect(mail).toMatchObject({ template: 'invitation', to: 'ada@example.test', values: { schoolName: given.name } })
    const token = await secretFor(server, tenant, 'invitation', 'ada@example.test')
    const { user } = await server
      .client({ host })
      .user.acceptInvitation({ token, name: 'Ada', password: 'a long enough phrase' })
    expect(user).toMatchObject({ role: 'administrator', operator: false, status: 'active' })
  })

  it('is told which name or host is taken, and nothing is left behind', async () => {
    const { api } = await operator()
    const given = aSchool()
    await api.user.createTenant(given)
    await expect(api.user.createTenant({ ...aSchool(), slug: given.slug })).rejects.toMatchObject({
      status: 409,
      code: 'tenant.slug-taken'
    })
    const other = aSchool()
    await expect(api.user.createTenant({ ...other, hosts: given.hosts })).rejects.toMatchObject({
      code: 'tenant.host-taken'
    })
    const { rowCount } = await server.owner.query(`select from "user".tenant where slug = $1`, [other.slug])
    expect(rowCount).toBe(0)
    await expect(api.user.createTenant({ ...aSchool(), hosts: ['https://x.test/'] })).rejects.toMatchObject({
      problem: { errors: [{ field: '/hosts' }] }
    })
  })

  it('lists every school page by page', async () => {
    const { api } = await operator()
    for (let count = 0; count < 3; count++) await api.user.createTenant(aSchool())
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await api.user.listTenants({ limit: 2, ...(cursor === undefined ? {} : { cursor }) })
      seen.push(...page.entries.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    const { rows } = await server.owner.query<{ id: string }>(`select id from "user".tenant order by id`)
    expect(seen).toEqual(rows.map(({ id }) => id))
  })

  it('suspends a school at once, and resumes it', async () => {
    const { api } = await operator()
    const school = await server.newSchool()
    const learner = await school.person('learner')
    await expect(learner.api.user.getMe({})).resolves.toBeTruthy()
    await api.user.updateTenant({ tenantId: school.id, status: 'suspended' }, { ifMatch: 1 })
    await expect(learner.api.user.getMe({})).rejects.toMatchObject({ status: 403, code: 'tenant.suspended' })
    await expect(
      api.user.updateTenant({ tenantId: school.id, status: 'active' }, { ifMatch: 1 })
    ).rejects.toMatchObject({ status: 412, problem: { facts: { version: 2 } } })
    await api.user.updateTenant({ tenantId: school.id, status: 'active' }, { ifMatch: 2 })
    await expect(learner.api.user.getMe({})).resolves.toBeTruthy()
  })

  it('moves a school to other hosts at once', async () => {
    const { api } = await operator()
    const school = await server.newSchool()
    const host = `moved-${school.slug}.test`
    await api.user.updateTenant({ tenantId: school.id, hosts: [host], name: 'Moved' }, { ifMatch: 1 })
    await expect(server.client({ host }).user.getSchool({})).resolves.toMatchObject({ name: 'Moved' })
    await expect(school.anyone.user.getSchool({})).rejects.toMatchObject({ code: 'tenant.unknown' })
  })

  it('does not lock itself out', async () => {
    const school = await server.newSchool()
    const { api } = await school.person('administrator', 'olu', { operator: true })
    await expect(
      api.user.updateTenant({ tenantId: school.id, status: 'suspended' }, { ifMatch: 1 })
    ).rejects.toMatchObject({ status: 409, code: 'tenant.own' })
  })

  it('is somebody whom no school can make', async () => {
    const school = await server.newSchool()
    const { api } = await school.person('administrator')
    await expect(api.user.listTenants({})).rejects.toMatchObject({ status: 403 })
    await expect(api.user.createTenant(aSchool())).rejects.toMatchObject({ status: 403 })
  })
})

it('is found by its first visitor, though nobody has told of it yet', async () => {
  const knock = (host: string) =>
    server.client({ host }).user.signIn({ email: 'nobody@example.test', password: 'a long enough phrase' })
  await expect(knock('early.test')).rejects.toMatchObject({ code: 'tenant.unknown' })
  await server.owner.query(
    `with made as (insert into "user".tenant (id, slug, name, created_at) values (gen_random_uuid(), 'early', 'Early', now()) returning id)
     insert into "user".tenant_host (host, tenant_id) select 'early.test', id from made`
  )
  await expect(knock('early.test')).rejects.not.toMatchObject({ code: 'tenant.unknown' })
})

it('makes a school whose administrator can sign in at once, for the command line', async () => {
  const { name, slug, hosts } = aSchool()
  const administrator = { name: 'Ada', email: 'ada@example.test', password: 'a long enough phrase', operator: true }
  const { tenantId, invitation } = await createSchool(server.users, { name, slug, hosts, locale: 'ar', administrator })
  expect(invitation).toBeNull()
  server.users.tenants.forget()
  const anyone = server.client({ host: `north-${made}.test` })
  const { user } = await anyone.user.signIn({ email: administrator.email, password: administrator.password })
  expect(user).toMatchObject({
    operator: true,
    emailVerified: true,
    permissions: expect.arrayContaining(['operator:tenants'])
  })
  await expect(anyone.user.getSchool({})).resolves.toMatchObject({ id: tenantId, locale: 'ar' })
})

describe('the school’s own settings', () => {
  it('are changed by its administrators, with the version they saw', async () => {
    const school = await server.newSchool()
    const { api } = await school.person('administrator')
    const theme = { primaryColor: '#112233', accentColor: '#445566' }
    await expect(
      api.user.updateSchool({ name: 'New name', theme, selfSignUp: true, timeZone: 'Europe/Madrid' }, { ifMatch: 1 })
    ).resolves.toMatchObject({ name: 'New name', theme, selfSignUp: true, timeZone: 'Europe/Madrid', version: 2 })
    await expect(school.anyone.user.getSchool({})).resolves.toMatchObject({ name: 'New name', logoUrl: null })
    await expect(api.user.updateSchool({ name: 'Late' }, { ifMatch: 1 })).rejects.toMatchObject({
      status: 412,
      code: 'user.school-stale',
      problem: { facts: { version: 2 } }
    })
    await expect(api.user.updateSchool({ timeZone: 'Nowhere' }, { ifMatch: 2 })).rejects.toMatchObject({
      problem: { errors: [{ field: '/timeZone' }] }
    })
    await expect(
      api.user.updateSchool({ logoFileId: '01900000-0000-7000-8000-000000000000' }, { ifMatch: 2 })
    ).rejects.toMatchObject({ problem: { errors: [{ field: '/logoFileId' }] } })
  })

  it('of one school are out of reach for another', async () => {
    const [mine, other] = [await server.newSchool(), await server.newSchool()]
    const { token } = await mine.person('administrator')
    const api = server.client({ host: other.host, authorization: `Bearer ${token}` })
    await expect(api.user.updateSchool({ name: 'Taken' }, { ifMatch: 1 })).rejects.toMatchObject({
      status: 401,
      code: 'auth.access-invalid'
    })
  })
})
