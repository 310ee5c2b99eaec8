import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseEnv } from 'node:util'
import { readKeeperState, writeKeeperState } from './keeper-state.ts'
import { identityOf, isAlive, type ProcessIdentity, signal } from './process-identity.ts'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
/** Whoever ran this long is well again, and the next pause is short. */
const WELL_MS = 60_000
const LOOK_MS = 200
/** What the machine says; the rest of the shell that the release tool was started from is nobody's setting. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR']

/**
 * Runs one unit until it is told to stop (SIGTERM), and starts it again when it ends by itself. A process of its own, so
 * that the release tool may end, be killed or be replaced meanwhile.
 */
async function keep(folder: string, environmentFile: string, args: readonly string[]): Promise<void> {
  const me = identityOf(process.pid)
  if (!me) throw new Error('This process has no start time')
  const before = readKeeperState(folder)
  // The keeper before was killed, but what it kept runs on: it is taken over rather than started twice.
  let child = before?.child && isAlive(before.child) ? before.child : undefined
  let restarts = child ? (before?.restarts ?? 0) : 0
  let leaving = false
  process.on('SIGTERM', () => {
    leaving = true
    if (child) signal(child, 'SIGTERM')
  })
  process.on('SIGINT', () => undefined)
  const log = openSync(join(folder, 'log'), 'a')
  const inherited = Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]))
  let pauseMs = FIRST_PAUSE_MS
  for (;;) {
    const since = performance.now()
    if (child) await endOf(child, () => writeKeeperState(folder, { keeper: me, child: child ?? null, restarts }))
    else {
      const started = spawn(process.execPath, [...args], {
        cwd: join(folder, 'release'),
        env: { ...inherited, ...readEnv(environmentFile), ...readEnv(join(folder, 'instance.env')) },
        stdio: ['ignore', log, log]
      })
      const ended = once(started, 'exit')
      ended.catch(() => undefined)
      child = started.pid === undefined ? undefined : identityOf(started.pid)
      writeKeeperState(folder, { keeper: me, child: child ?? null, restarts })
      if (leaving && child) signal(child, 'SIGTERM')
      await ended
    }
    child = undefined
    writeKeeperState(folder, { keeper: me, child: null, restarts })
    if (leaving) return
    pauseMs = performance.now() - since > WELL_MS ? FIRST_PAUSE_MS : pauseMs
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    if (leaving) return
    restarts++
  }
}

async function endOf(child: ProcessIdentity, begin: () => void): Promise<void> {
  begin()
  while (isAlive(child)) await sleep(LOOK_MS)
}

function readEnv(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}

const [folder = '', environmentFile = '', ...args] = process.argv.slice(2)
await keep(folder, environmentFile, args)
process.exit(0)
