import { readFileSync } from 'node:fs'
import { STATUS_FINDINGS } from '@lyceum/platform/system/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.close())

it('tells operators how every part is doing, and nobody else', async () => {
  const school = await server.newSchool()
  const operator = await school.person('administrator', 'olu', { operator: true })
  const { well, parts } = await operator.api.system.getStatus({})
  expect(Object.fromEntries(parts.map(({ name, finding }) => [name, finding]))).toMatchObject({
    database: 'database.answers',
    storage: 'storage.works',
    redis: 'redis.unused',
    rabbitmq: 'rabbitmq.unused',
    jobs: 'jobs.upToDate',
    events: 'events.upToDate',
    mail: 'mail.held',
    certificate: 'certificate.none',
    release: 'release.one',
    // The new school has said nothing about its exams.
    freeze: 'freeze.held',
    backup: 'backup.off'
  })
  expect(well).toBe(parts.every(({ state }) => state !== 'late' && state !== 'broken'))
  const administrator = await school.person('administrator', 'ada')
  await expect(administrator.api.system.getStatus({})).rejects.toMatchObject({ status: 403 })
})

it('sees a second release that runs over the same database', async () => {
  const school = await server.newSchool()
  const operator = await school.person('administrator', 'olu', { operator: true })
  const other = await server.beside({ RELEASE: 'next' })
  await other.app.inject('/health/database')
  const { parts } = await operator.api.system.getStatus({})
  expect(parts.find(({ name }) => name === 'release')).toMatchObject({
    finding: 'release.several',
    detail: 'next, test'
  })
})

it('remembers how every part did, through a time in which nothing could be written down', async () => {
  const school = await server.newSchool()
  const operator = await school.person('administrator', 'olu', { operator: true })
  const rows = async () =>
    (await server.owner.query('select count(*)::int as count from platform.status_history')).rows[0]
  const past = async (name: string) =>
    (await server.statusHistory.read()).parts.find((one) => one.name === name)?.slots.slice(-3)
  await server.owner.query('delete from platform.status_history')
  expect((await operator.api.system.getStatusHistory({})).parts).toEqual([])
  await server.statusHistory.look()
  expect(await operator.api.system.getStatusHistory({})).toEqual(await server.statusHistory.read())
  expect(await past('database')).toEqual(['unknown', 'unknown', 'healthy'])

  // Away for the table alone, so that everything else answers on.
  await server.owner.query('alter table platform.status_history rename to elsewhere')
  server.clock.advance(30 * 60_000)
  await server.statusHistory.look()
  await server.statusHistory.look()
  await server.owner.query('alter table platform.elsewhere rename to status_history')
  expect(await past('storage')).toEqual(['unknown', 'healthy', 'unknown'])
  server.clock.advance(30 * 60_000)
  await server.statusHistory.look()
  expect(await past('storage')).toEqual(['healthy', 'healthy', 'healthy'])
  const { rows: looked } = await server.owner.query(
    `select looks from platform.status_history where part = 'storage' order by slot`
  )
  expect(looked.map(({ looks }) => looks)).toEqual([1, 2, 1])

  server.clock.advance(3 * 24 * 3_600_000)
  const before = await rows()
  await server.statusHistory.look()
  expect((await rows()).count).toBeLessThan(before.count)
  const administrator = await school.person('administrator', 'ada')
  await expect(administrator.api.system.getStatusHistory({})).rejects.toMatchObject({ status: 403 })
})

it.each(['en', 'ar'])('has words for every finding (%s)', (language) => {
  const file = new URL(`../../web/src/locale/${language}/admin.json`, import.meta.url)
  const { says } = JSON.parse(readFileSync(file, 'utf8')).status
  const missing = STATUS_FINDINGS.filter((finding) => {
    const [part = '', what = ''] = finding.split('.')
    return says[part]?.[what] === undefined && says[part]?.[`${what}_other`] === undefined
  })
  expect(missing).toEqual([])
})
