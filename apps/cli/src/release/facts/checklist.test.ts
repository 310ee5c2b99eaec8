import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checklist } from './checklist.ts'

let server: TestServer
let url = ''
beforeAll(async () => {
  server = await startTestServer()
  url = await server.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => server?.close())

const logItem = async (errors: number, fatal: number) =>
  (await checklist(url, { whole: false, log: async () => ({ errors, fatal, first: ['T no mail'] }) })).find(
    ({ what }) => what === 'log'
  )

it('looks at what answers, and at the log where there is one', async () => {
  const items = await checklist(url, { whole: false })
  expect(items.map(({ what, ok }) => [what, ok])).toEqual([
    ['alive', true],
    ['ready', true],
    ['healthy', true]
  ])
  expect(await logItem(0, 0)).toEqual({ what: 'log', ok: true, message: 'no errors since it was started' })
  expect(await logItem(2, 0)).toMatchObject({
    ok: true,
    warning: true,
    message: expect.stringContaining('“T no mail”')
  })
  expect(await logItem(0, 1)).toMatchObject({ ok: false, message: expect.stringContaining('1 fatal') })
})

it('says what is wrong instead', async () => {
  const items = await checklist('http://127.0.0.1:9', {
    whole: false,
    log: () => Promise.reject(new Error('no journal'))
  })
  expect(items.every(({ ok }) => !ok)).toBe(true)
  expect(items.at(-1)).toMatchObject({ what: 'log', message: 'no journal' })
})
