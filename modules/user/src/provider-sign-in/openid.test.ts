import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenIdServer, startOpenIdServer } from '../testing/openid-server.ts'

let server: TestServer
let school: TestSchool
let admin: TestPerson
let openid: OpenIdServer
let providerId: string
beforeAll(async () => {
  server = await startTestServer()
  school = await server.newSchool()
  admin = await school.person('administrator')
  openid = await startOpenIdServer(`http://${school.host}/api/v1/auth/callback`)
  providerId = await addProvider({ createAccounts: true })
})
afterAll(async () => {
  await openid.close()
  await server.close()
})

async function addProvider({ createAccounts }: { readonly createAccounts: boolean }): Promise<string> {
  const { issuer, clientId, clientSecret } = openid
  const { id } = await admin.api.user.createIdentityProvider({
    name: 'School account',
    kind: 'oidc',
    issuer,
    clientId,
    clientSecret,
    createAccounts
  })
  return id
}

const get = (url: string, cookie = '') =>
  server.app.inject({ method: 'GET', url, headers: { host: school.host, ...(cookie ? { cookie } : {}) } })

async function start(returnTo?: string, id = providerId) {
  const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`
  const answer = await get(`/api/v1/auth/providers/${id}/start${query}`)
  const cookie = answer.cookies.find(({ name }) => name === 'lyceum_provider')
  return {
    status: answer.statusCode,
    location: String(answer.headers.location),
    cookie,
    cookieHeader: `lyceum_provider=${cookie?.value}`
  }
}

/** From the button to the answer of the callback. */
async function signInAs(login: string, { returnTo, id }: { returnTo?: string; id?: string } = {}) {
  const { location, cookieHeader } = await start(returnTo, id)
  const back = await openid.signIn(location, login)
  const answer = await get(`${back.pathname}${back.search}`, cookieHeader)
  const access = answer.cookies.find(({ name }) => name === 'lyceum_access')?.value
  return {
    back,
    cookieHeader,
    location: String(answer.headers.location),
    api: access === undefined ? undefined : server.client({ host: school.host, authorization: `Bearer ${access}` })
  }
}

const vouchFor = (login: string, claims: Record<string, unknown>) => openid.accounts.set(login, claims)

describe('signing in at an OpenID Connect provider', () => {
  it('leaves with code flow, PKCE, state and nonce, and a cookie for this browser alone', async () => {
    const { status, location, cookie } = await start('/courses')
    const url = new URL(location)
    expect(status).toBe(302)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `http://${school.host}/api/v1/auth/callback`,
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/)
    })
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/api/v1/auth' })
    const { rows } = await server.owner.query(`select * from "user".provider_sign_in where tenant_id = $1`, [school.id])
    expect(JSON.stringify(rows)).not.toContain(url.searchParams.get('state'))
  })

  it('makes a learner of an unknown, verified address, and knows them the next time by their subject', async () => {
    vouchFor('nora', { email: 'nora@example.test', email_verified: true, name: 'Nora Ek' })
    const first = await signInAs('nora', { returnTo: '/courses?tab=1#top' })
    expect(first.location).toBe('/courses?tab=1#top')
    const me = await first.api?.user.getMe({})
    expect(me).toMatchObject({ name: 'Nora Ek', role: 'learner', status: 'active', emailVerified: true })
    vouchFor('nora', { email: 'nora.married@example.test', email_verified: true, name: 'Nora Lund' })
    const second = await signInAs('nora')
    await expect(second.api?.user.getMe({})).resolves.toMatchObject({ id: me?.id, email: 'nora@example.test' })
  })

  it('signs in to the account of a verified address, invited ones included', async () => {
    const invited = await admin.api.user.invitePerson({ name: 'Tea', email: 'tea@example.test', role: 'teacher' })
    vouchFor('tea', { email: 'TEA@example.test', email_verified: true })
    const { api } = await signInAs('tea')
    await expect(api?.user.getMe({})).resolves.toMatchObject({ id: invited.id, role: 'teacher', status: 'active' })
  })

  it.each([false, undefined, 'true'])('does not believe an address whose email_verified is %s', async (verified) => {
    vouchFor('eve', { email: admin.email, email_verified: verified })
    const { location, api } = await signInAs('eve')
    expect(location).toBe('/sign-in?error=auth.email-unverified')
    expect(api).toBeUndefined()
  })

  it('takes the password of whoever signed up with somebody else’s address before', async () => {
    await server.owner.query(`update "user".tenant set self_sign_up = true where id = $1`, [school.id])
    const password = 'waiting for the victim'
    const squatter = await school.anyone.user.signUp({ name: 'Squatter', email: 'vic@example.test', password })
    vouchFor('vic', { email: 'vic@example.test', email_verified: true })
    const { api } = await signInAs('vic')
    await expect(api?.user.getMe({})).resolves.toMatchObject({ email: 'vic@example.test' })
    const old = server.client({ host: school.host, authorization: `Bearer ${squatter.accessToken}` })
    await expect(old.user.getMe({})).rejects.toMatchObject({ status: 401 })
    await expect(school.anyone.user.signIn({ email: 'vic@example.test', password })).rejects.toMatchObject({
      code: 'auth.sign-in-failed'
    })
  })

  it('refuses unknown people where the provider does not create accounts', async () => {
    const id = await addProvider({ createAccounts: false })
    vouchFor('stranger', { email: 'stranger@example.test', email_verified: true })
    expect((await signInAs('stranger', { id })).location).toBe('/sign-in?error=auth.account-unknown')
  })

  it('refuses locked accounts, and operators whatever a school’s provider says', async () => {
    const [locked, operator] = [
      await school.person('learner', 'locked'),
      await school.person('administrator', 'operator', { operator: true })
    ]
    await admin.api.user.deactivatePerson({ userId: locked.id })
    vouchFor('locked', { email: locked.email, email_verified: true })
    vouchFor('operator', { email: operator.email, email_verified: true })
    expect((await signInAs('locked')).location).toBe('/sign-in?error=auth.account-deactivated')
    expect((await signInAs('operator')).location).toBe('/sign-in?error=auth.operator-refused')
  })

  it('goes nowhere but to its own pages afterwards', async () => {
    vouchFor('nora', { email: 'nora@example.test', email_verified: true })
    for (const returnTo of [
      'https://evil.test/',
      '//evil.test',
      '/\\evil.test',
      '/..//evil.test',
      'javascript:alert(1)'
    ])
      expect((await signInAs('nora', { returnTo })).location).toBe('/')
  })
})

describe('coming back from the provider', () => {
  const away = async () => {
    vouchFor('nora', { email: 'nora@example.test', email_verified: true })
    const begun = await start()
    return { ...begun, back: await openid.signIn(begun.location, 'nora') }
  }
  const expired = '/sign-in?error=auth.provider-sign-in-expired'

  it('works once', async () => {
    const { back, cookieHeader } = await away()
    const url = `${back.pathname}${back.search}`
    expect((await get(url, cookieHeader)).headers.location).toBe('/')
    expect((await get(url, cookieHeader)).headers.location).toBe(expired)
  })

  it('works in the browser that left only', async () => {
    const { back } = await away()
    const other = await start()
    const url = `${back.pathname}${back.search}`
    expect((await get(url)).headers.location).toBe(expired)
    expect((await get(url, other.cookieHeader)).headers.location).toBe(expired)
  })

  it('needs the state it left with', async () => {
    const { back, cookieHeader } = await away()
    back.searchParams.set('state', 'another-state-that-is-long-enough')
    expect((await get(`${back.pathname}${back.search}`, cookieHeader)).headers.location).toBe(expired)
  })

  it.each([
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.test')],
    ['no issuer', (url: URL) => url.searchParams.delete('iss')],
    ['a code of somebody else', (url: URL) => url.searchParams.set('code', 'not-the-code')]
  ])('refuses %s', async (_, tamper) => {
    const { back, cookieHeader } = await away()
    tamper(back)
    const answer = await get(`${back.pathname}${back.search}`, cookieHeader)
    expect(answer.headers.location).toBe('/sign-in?error=auth.provider-refused')
    expect(answer.cookies.some(({ name }) => name === 'lyceum_access')).toBe(false)
  })

  it.each(['nonce', 'code_verifier'])('refuses another %s than it left with', async (column) => {
    const { back, cookieHeader } = await away()
    await server.owner.query(`update "user".provider_sign_in set ${column} = repeat('x', 43) where tenant_id = $1`, [
      school.id
    ])
    expect((await get(`${back.pathname}${back.search}`, cookieHeader)).headers.location).toBe(
      '/sign-in?error=auth.provider-refused'
    )
  })

  it('tells the sign-in page when the person said no there', async () => {
    const { location, cookieHeader } = await start()
    const state = new URL(location).searchParams.get('state')
    const query = new URLSearchParams({ state: state ?? '', error: 'access_denied', iss: openid.issuer })
    expect((await get(`/api/v1/auth/callback?${query}`, cookieHeader)).headers.location).toBe(
      '/sign-in?error=auth.provider-refused'
    )
  })

  it('takes ten minutes at most', async () => {
    const { back, cookieHeader } = await away()
    server.clock.advance(11 * 60_000)
    expect((await get(`${back.pathname}${back.search}`, cookieHeader)).headers.location).toBe(expired)
  })
})

describe('managing providers', () => {
  it('keeps the client secret sealed and to itself', async () => {
    const id = await addProvider({ createAccounts: false })
    const { entries } = await admin.api.user.listIdentityProviders({})
    expect(entries.find((one) => one.id === id)).toMatchObject({ hasClientSecret: true, enabled: true })
    expect(JSON.stringify(entries)).not.toContain(openid.clientSecret)
    const { rows } = await server.owner.query(`select client_secret from "user".identity_provider where id = $1`, [id])
    expect(rows[0].client_secret).toMatch(/^[\w-]{60,}$/)
    expect(JSON.stringify(rows)).not.toContain(openid.clientSecret)
  })

  it('switches one off, for the sign-in page and for whoever kept the link', async () => {
    const id = await addProvider({ createAccounts: false })
    const off = await admin.api.user.updateIdentityProvider({ providerId: id, enabled: false }, { ifMatch: 1 })
    expect(off).toMatchObject({ enabled: false, version: 2 })
    const { providers } = await school.anyone.user.getSchool({})
    expect(providers.map((one) => one.id)).not.toContain(id)
    expect((await start('/', id)).location).toBe('/sign-in?error=auth.provider-unavailable')
    await expect(
      admin.api.user.updateIdentityProvider({ providerId: id, enabled: true }, { ifMatch: 1 })
    ).rejects.toMatchObject({ status: 412 })
    await admin.api.user.deleteIdentityProvider({ providerId: id })
    await expect(admin.api.user.deleteIdentityProvider({ providerId: id })).rejects.toMatchObject({ status: 404 })
  })

  it.each([
    ['is not there', 'http://127.0.0.1:9', /could not be reached/],
    ['is no address', 'not an address', /issuer must be an address/],
    ['is no web address', 'ftp://id.example.test', /issuer must be an address/]
  ])('says when the issuer %s', async (_, issuer, message) => {
    await expect(
      admin.api.user.createIdentityProvider({
        name: 'X',
        kind: 'oidc',
        issuer,
        clientId: 'lyceum',
        createAccounts: false
      })
    ).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) })
  })

  it('says when something else answers there', async () => {
    await expect(
      admin.api.user.createIdentityProvider({
        name: 'X',
        kind: 'oidc',
        issuer: `${openid.issuer}/somewhere`,
        clientId: 'lyceum',
        createAccounts: false
      })
    ).rejects.toMatchObject({ code: 'identity-provider.issuer-refused' })
  })

  it('is for administrators', async () => {
    const teacher = await school.person('teacher')
    await expect(teacher.api.user.listIdentityProviders({})).rejects.toMatchObject({ status: 403 })
  })
})
