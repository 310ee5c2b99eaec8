import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from '@lyceum/platform/http'
import type { Log } from '@lyceum/platform/log'
import type { Health } from './health.ts'

/** How long each step of leaving may take, in milliseconds. */
export interface Pace {
  /** Requests are still taken, so that whoever balances the load notices that readiness is off. */
  readonly waitMs: number
  readonly quickMs: number
  /** Uploads, downloads and streams. */
  readonly longMs: number
  /** Live connections come again elsewhere at moments spread over this. */
  readonly spreadMs: number
}

/** A client that was asked to reconnect needs a moment to do so. */
const RECONNECT_MS = 500

/**
 * Takes a process out of service without cutting a request short: not ready, then still answering for a while, then no
 * new connections; running requests are answered, live connections come again elsewhere. What is left after that is cut.
 */
export async function leave(
  { app, running, live, partAfterAnswers }: Server,
  { health, pace, log }: { readonly health: Health; readonly pace: Pace; readonly log: Log }
): Promise<void> {
  health.leave()
  partAfterAnswers()
  live.farewell(pace.spreadMs)
  const farewell = performance.now()
  await sleep(pace.waitMs)
  const closed = app.close()
  const cutQuick = await running.finish('quick', pace.quickMs)
  const gone = live.end(Math.max(0, farewell + pace.spreadMs + RECONNECT_MS - performance.now()))
  const longSince = performance.now()
  const closedLive = await gone
  const cutLong = await running.finish('long', Math.max(0, longSince + pace.longMs - performance.now()))
  if (cutQuick + cutLong + closedLive > 0)
    log.warn({ cutQuick, cutLong, closedLive }, 'left with connections still open')
  app.server.closeAllConnections()
  await closed
}
