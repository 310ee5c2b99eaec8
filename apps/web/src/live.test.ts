import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws'

/** A server that really speaks; only the browser's address bar is stood in for. */
let server: WebSocketServer
let sockets: ServerSocket[]
let reloads: number
let stop: () => void

beforeEach(async () => {
  vi.resetModules()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  sockets = []
  reloads = 0
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => sockets.push(socket))
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  vi.stubGlobal('location', { href: `http://127.0.0.1:${port}/courses`, reload: () => reloads++ })
})
afterEach(() => {
  stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  for (const socket of server.clients) socket.terminate()
  server.close()
})

const say = (socket: ServerSocket | undefined, message: object) => socket?.send(JSON.stringify(message))
const connected = (count: number) => vi.waitFor(() => expect(sockets.length).toBe(count), { timeout: 5_000 })

async function listen() {
  const live = await import('./live.ts')
  const saving = await import('./ui/saving.ts')
  stop = live.listenLive()
  await vi.advanceTimersByTimeAsync(3_000)
  await connected(1)
  return { ...live, ...saving }
}

test('reloads after a release, but never while something is unsent', async () => {
  const { reloadIfOutdated, reportKept } = await listen()
  say(sockets[0], { type: 'release', release: 'n' })
  say(sockets[0], { type: 'reconnect', afterMs: 500 })
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0))
  reloadIfOutdated()
  expect(reloads).toBe(0)
  await vi.advanceTimersByTimeAsync(500)
  await connected(2)
  say(sockets[1], { type: 'release', release: 'n-plus-1' })
  reportKept('study', 2)
  await vi.waitFor(() => {
    reportKept('study', 0)
    reloadIfOutdated()
    expect(reloads).toBe(1)
  })
  reportKept('study', 1)
  reloadIfOutdated()
  expect(reloads).toBe(1)
})

test('comes again after a broken line, later each time', async () => {
  await listen()
  sockets[0]?.terminate()
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
  await vi.advanceTimersByTimeAsync(1_500)
  await connected(2)
  sockets[1]?.terminate()
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
  await vi.advanceTimersByTimeAsync(900)
  expect(sockets.length).toBe(2)
  await vi.advanceTimersByTimeAsync(2_200)
  await connected(3)
})
