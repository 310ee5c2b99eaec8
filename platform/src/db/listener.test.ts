import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openListener } from './listener.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const url = () => server.owner.options.connectionString ?? ''
const connections = async () => {
  const { rows } = await server.owner.query(
    `select count(*)::int as count from pg_stat_activity where application_name = 'heard listener'`
  )
  return rows[0].count
}
const notify = (channel: string, payload: string) => server.owner.query('select pg_notify($1, $2)', [channel, payload])

it('hears every channel over one connection, however many begin at once', async () => {
  const heard: string[] = []
  const listener = openListener(url(), 'heard')
  try {
    await Promise.all(['one', 'two', 'three'].map((channel) => listener.on(channel, (text) => heard.push(text))))
    expect(await connections()).toBe(1)
    heard.length = 0
    for (const channel of ['one', 'two', 'three']) await notify(channel, channel)
    await vi.waitFor(() => expect(heard).toEqual(['one', 'two', 'three']))
  } finally {
    await listener.close()
  }
  await vi.waitFor(async () => expect(await connections()).toBe(0))
})

it('leaves no connection behind when it is closed while it connects', async () => {
  const listener = openListener(url(), 'heard')
  const connecting = listener.on('one', () => undefined)
  await listener.close()
  await connecting
  await vi.waitFor(async () => expect(await connections()).toBe(0))
})
