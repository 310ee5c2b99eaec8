import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from './embedded-postgres-error.ts'
import type { EmbeddedPostgresLog } from './embedded-postgres-log.ts'
import type { HomeLayout } from './home-layout.ts'
import { lastLogLines, rotateServerLog } from './server-log.ts'
import { endServer, type ServerProcess } from './server-process.ts'

const LOOK_EVERY = 100
const ROTATE_EVERY = 60_000
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 10_000
const STABLE_AFTER = 60_000
const ORDERLY_STOP_WITHIN = 60_000

/** Keeps a server running until it is stopped: one that ends by itself is started again, ever more patiently. */
export function superviseServer(options: {
  layout: HomeLayout
  server: ServerProcess
  log: EmbeddedPostgresLog
  relaunch: (signal: AbortSignal) => Promise<ServerProcess>
}): { pid(): number; stop(): Promise<void> } {
  const { layout, log, relaunch } = options
  const stopping = new AbortController()
  let server = options.server
  let startedAt = performance.now()
  let pause = FIRST_PAUSE
  let restart: Promise<void> | undefined

  const watch = setInterval(() => {
    if (restart === undefined && server.ended()) restart = restartUntilItRuns().finally(() => (restart = undefined))
  }, LOOK_EVERY).unref()
  const rotation = setInterval(() => rotateOrWarn(layout, log), ROTATE_EVERY).unref()

  async function restartUntilItRuns(): Promise<void> {
    const lastLines = lastLogLines(layout)
    log.error({ pid: server.pid, lastLines }, 'PostgreSQL ended although nobody asked; starting it again')
    if (performance.now() - startedAt > STABLE_AFTER) pause = FIRST_PAUSE
    while (!stopping.signal.aborted) {
      // Aborted while pausing: the loop's condition ends it.
      await sleep(pause, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
      pause = Math.min(pause * 2, LONGEST_PAUSE)
      if (stopping.signal.aborted) return
      try {
        server = await relaunch(stopping.signal)
        startedAt = performance.now()
        return
      } catch (error) {
        log.error({ reason: messageOf(error), nextTryInMilliseconds: pause }, 'PostgreSQL could not be started again')
      }
    }
  }

  return {
    pid: () => server.pid,
    async stop() {
      clearInterval(watch)
      clearInterval(rotation)
      stopping.abort()
      await restart
      await endServer(layout, server, ORDERLY_STOP_WITHIN)
      log.info({ pid: server.pid }, 'PostgreSQL has stopped')
    }
  }
}

function rotateOrWarn(layout: HomeLayout, log: EmbeddedPostgresLog): void {
  try {
    rotateServerLog(layout)
  } catch (error) {
    log.warn({ reason: messageOf(error) }, "PostgreSQL's log could not be rotated")
  }
}
