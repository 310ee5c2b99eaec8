import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findRunningPostgres } from '@lyceum/platform/embedded-postgres'
import { findRunning } from '@lyceum/server/running'
import { inDatabase } from '@lyceum/server/surroundings'

const BIN = fileURLToPath(new URL('../../bin/lyceum.mjs', import.meta.url))
/** Everything but screens, which come with a release and not with a backup, and what happens by the clock. */
const SERVE = ['serve', '--target', 'user,course,file,notification,system,worker']
const STOP_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 50
/** Lines of what a process said, where it ended badly. */
const LAST_LINES = 12

export interface Answered {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

/** What serves on a machine. */
export interface Product {
  readonly url: URL
  /** Of the role that owns the database. */
  readonly ownerUrl: string
  readonly home: string
}

/**
 * A machine that may be destroyed: a folder with a home, settings and the product of this release, processes of its own, and an
 * environment in which nothing of the installation is that started the drill.
 */
export interface Machine {
  readonly home: string
  /** A line as a person types it. */
  run(line: string): Promise<Answered>
  /** Starts the product and waits until it serves. @throws with the last lines of what it said */
  start(env?: Readonly<Record<string, string>>): Promise<Product>
  /** In order, as by systemd; by force where that takes too long. */
  stop(): Promise<void>
  /** As by `kill -9`. */
  kill(): Promise<void>
  /** Removes home and settings, as when the disk is gone. */
  wipe(): void
  /** Ends everything that runs on it; nothing is started any more. */
  close(): Promise<void>
}

/** @param env settings of the installation that are no secrets and that a drill needs to be true to it */
export function createMachine(folder: string, env: Readonly<Record<string, string>>): Machine {
  const home = join(folder, 'home')
  const desk = join(folder, 'desk')
  const programs = join(folder, 'programs')
  for (const one of [desk, programs]) mkdirSync(one, { recursive: true })
  const shim = join(programs, 'lyceum')
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`)
  chmodSync(shim, 0o755)
  const environment = {
    PATH: `${programs}:${process.env.PATH ?? '/usr/bin:/bin'}`,
    NO_COLOR: '1',
    LYCEUM_ENV: 'staging',
    LYCEUM_HOME: home,
    PORT: '0',
    BIND_ADDRESS: '127.0.0.1',
    LOG_FORMAT: 'json',
    DATABASE_POOL: '4',
    SHUTDOWN_WAIT_SECONDS: '0',
    SHUTDOWN_SECONDS: '1',
    SHUTDOWN_LONG_SECONDS: '1',
    SHUTDOWN_SPREAD_SECONDS: '0',
    ...env
  }
  const running = new Set<ChildProcess>()
  let isClosed = false
  const mustBeOpen = (): void => {
    if (isClosed) throw new Error('The drill was broken off.')
  }

  const stopAll = async (signal: NodeJS.Signals): Promise<void> => {
    for (const child of [...running]) {
      running.delete(child)
      await end(child, signal)
    }
  }
  return {
    home,
    run: async (line) => {
      mustBeOpen()
      const child = spawn('sh', ['-c', line], { cwd: desk, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
      const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
      return { exit, out, err }
    },
    start: async (more = {}) => {
      mustBeOpen()
      const own = { ...environment, ...more }
      const child = spawn(process.execPath, [BIN, ...SERVE], {
        cwd: desk,
        env: own,
        stdio: ['ignore', 'pipe', 'pipe']
      })
      const said = hear(child, join(folder, 'product.log'))
      running.add(child)
      while (!said().includes('ready at')) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`Lyceum did not start: ${lastLines(said())}`)
        await sleep(LOOK_EVERY_MS)
      }
      const found = findRunning(own.LYCEUM_HOME)
      const postgres = await findRunningPostgres(own.LYCEUM_HOME)
      if (!found || !postgres) throw new Error(`Lyceum says that it is ready, and is not: ${lastLines(said())}`)
      return { url: new URL(found.url), ownerUrl: inDatabase(postgres.url), home: own.LYCEUM_HOME }
    },
    stop: () => stopAll('SIGTERM'),
    kill: () => stopAll('SIGKILL'),
    wipe: () => {
      for (const one of [home, desk]) rmSync(one, { recursive: true, force: true, maxRetries: 5 })
      mkdirSync(desk)
    },
    close: async () => {
      isClosed = true
      await stopAll('SIGTERM')
      killLeftOver(folder)
    }
  }
}

/** Ends what a drill left running: processes, and nobody else's, whose home lies in this folder. */
export function killLeftOver(folder: string): void {
  if (process.platform !== 'linux') return
  for (const pid of readdirSync('/proc').map(Number)) if (pid > 0) killIfIn(folder, pid)
}

function killIfIn(folder: string, pid: number): void {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    if (variables.some((variable) => variable.startsWith(`LYCEUM_HOME=${folder}/`))) process.kill(pid, 'SIGKILL')
  } catch {
    // It ended meanwhile, or belongs to somebody else.
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exit
  clearTimeout(timer)
}

/** What a process says for people; its log goes to a file. */
function hear(child: ChildProcess, logFile: string): () => string {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  child.stdout?.pipe(createWriteStream(logFile, { flags: 'a' }))
  return () => said
}

export const lastLines = (said: string): string => said.trim().split('\n').slice(-LAST_LINES).join('\n')

/** @returns what it said, on both channels */
export async function mustRun(machine: Machine, line: string): Promise<string> {
  const { exit, out, err } = await machine.run(line)
  if (exit === 0) return `${err}${out}`
  throw new Error(`${line} ended with ${exit}: ${lastLines(err === '' ? out : err)}`)
}

/** A path as a word for a shell. */
export const inShell = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
