import { savingState } from './ui/saving.ts'

/** The first screen comes first. */
const FIRST_MS = 3_000
const SHORTEST_MS = 1_000
const LONGEST_MS = 60_000

/** What this page was made of: the first release that was heard of. */
let ours: string | undefined
let outdated = false

/**
 * Listens to the server for as long as somebody is signed in, to know when another release serves. A process that leaves
 * says when to come again; after a broken line the waits grow, and differ from page to page.
 * @returns how to stop
 */
export function listenLive(): () => void {
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  let waitMs = SHORTEST_MS
  const later = (ms: number) => {
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(connect, ms)
  }
  const connect = () => {
    socket?.close()
    const url = new URL('/api/v1/live', location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const opened = new WebSocket(url)
    socket = opened
    opened.addEventListener('message', ({ data }) => {
      const message = readMessage(data)
      if (message?.type === 'release') {
        waitMs = SHORTEST_MS
        heardOf(message.release)
      } else if (message?.type === 'reconnect') {
        later(message.afterMs)
      }
    })
    opened.addEventListener('close', () => {
      if (socket !== opened) return
      socket = undefined
      later(waitMs * (0.5 + Math.random()))
      waitMs = Math.min(waitMs * 2, LONGEST_MS)
    })
  }
  later(FIRST_MS)
  return () => {
    stopped = true
    clearTimeout(timer)
    socket?.close()
  }
}

/** Loads the page anew where another release serves, unless this browser still has something to send. */
export function reloadIfOutdated(): void {
  const { saving, kept } = savingState()
  if (outdated && saving === 0 && kept === 0) location.reload()
}

function heardOf(release: string): void {
  ours ??= release
  outdated = release !== ours
}

type Message =
  | { readonly type: 'release'; readonly release: string }
  | { readonly type: 'reconnect'; readonly afterMs: number }

function readMessage(data: unknown): Message | undefined {
  if (typeof data !== 'string') return undefined
  const given: unknown = JSON.parse(data)
  if (typeof given !== 'object' || given === null || !('type' in given)) return undefined
  if (given.type === 'release' && 'release' in given && typeof given.release === 'string')
    return { type: 'release', release: given.release }
  if (given.type === 'reconnect' && 'afterMs' in given && typeof given.afterMs === 'number')
    return { type: 'reconnect', afterMs: given.afterMs }
  return undefined
}
