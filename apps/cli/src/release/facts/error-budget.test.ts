import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { askPrometheus, budgetOf, readWindows } from './error-budget.ts'

const HOUR = 3_600_000
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(() => server.owner.query('delete from platform.request_count'))
afterAll(() => server.close())

const now = () => server.clock.now()
const windows = () => readWindows(server.owner, now())
const counted = (hoursAgo: number, requests: number, errors: number) =>
  server.owner.query(`insert into platform.request_count values ($1, 'r1', $2, $3)`, [
    new Date(now().getTime() - hoursAgo * HOUR),
    requests,
    errors
  ])

describe('the error budget', () => {
  it('is made of what the processes themselves have counted, without probes', async () => {
    expect(budgetOf(await windows())).toBeNull()
    await server.counts?.write()
    await server.owner.query('delete from platform.request_count')
    const school = await server.newSchool()
    for (let time = 0; time < 3; time++)
      await server.app.inject({ url: '/api/v1/school', headers: { host: school.host } })
    await server.app.inject({ url: '/health' })
    await server.app.inject({ url: '/metrics' })
    await server.counts?.write()
    await server.app.inject({ url: '/api/v1/school', headers: { host: school.host } })
    await server.counts?.write()
    const { rows } = await server.owner.query('select release, requests, errors from platform.request_count')
    expect(rows).toEqual([{ release: 'test', requests: 4, errors: 0 }])
    // A thousandth of four requests is nothing to judge by.
    expect(budgetOf(await windows())).toBeNull()
  })

  it('burns fast and slowly, and is used up', async () => {
    await counted(0.5, 10_000, 150)
    await counted(4, 90_000, 0)
    await counted(24 * 20, 400_000, 100)
    const budget = budgetOf(await windows())
    expect(budget?.lastHour).toBeCloseTo(15)
    expect(budget?.lastSixHours).toBeCloseTo(1.5)
    expect(budget?.left).toBeCloseTo(0.5)
    await counted(24 * 10, 500_000, 2_000)
    expect(budgetOf(await windows())?.left).toBeLessThan(0)
  })

  it('does not burn for an error or two', async () => {
    await counted(0.5, 1_000, 2)
    expect(budgetOf(await windows())).toEqual({ lastHour: 0, lastSixHours: 0, left: 1 })
  })

  it('forgets what is older than a month', async () => {
    await counted(24 * 40, 10, 10)
    await server.app.inject({ url: '/api/v1/openapi.json' })
    await server.counts?.write()
    const { rows } = await server.owner.query('select errors from platform.request_count')
    expect(rows).toEqual([{ errors: 0 }])
  })
})

describe('with Prometheus', () => {
  let answers: (query: string) => unknown = () => []
  const prometheus: Server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://prometheus').searchParams.get('query') ?? ''
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: answers(query) } }))
  })
  let url = ''
  beforeAll(async () => {
    prometheus.listen(0, '127.0.0.1')
    await once(prometheus, 'listening')
    const at = prometheus.address()
    url = typeof at === 'object' && at !== null ? `http://127.0.0.1:${at.port}` : ''
  })
  afterAll(() => prometheus.close())
  const sample = (value: string) => [{ metric: {}, value: [1_700_000_000, value] }]

  it('is asked for the same three windows', async () => {
    answers = (query) => {
      if (!query.includes('5..')) return sample('100000')
      return query.includes('[1h]') ? sample('1500') : []
    }
    expect(budgetOf(await askPrometheus(url))).toMatchObject({ lastHour: 15, lastSixHours: 0, left: 1 })
  })

  it('is no source when it has nothing of the product, or no number', async () => {
    answers = () => []
    await expect(askPrometheus(url)).rejects.toThrow(/does it scrape the product/)
    answers = () => sample('NaN')
    await expect(askPrometheus(url)).rejects.toThrow(/has no number/)
    await expect(askPrometheus('http://127.0.0.1:9')).rejects.toThrow()
  })
})
