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
    backup: 'backup.notConnected'
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

it.each(['en', 'ar'])('has words for every finding (%s)', (language) => {
  const file = new URL(`../../web/src/locale/${language}/admin.json`, import.meta.url)
  const { says } = JSON.parse(readFileSync(file, 'utf8')).status
  const missing = STATUS_FINDINGS.filter((finding) => {
    const [part = '', what = ''] = finding.split('.')
    return says[part]?.[what] === undefined && says[part]?.[`${what}_other`] === undefined
  })
  expect(missing).toEqual([])
})
