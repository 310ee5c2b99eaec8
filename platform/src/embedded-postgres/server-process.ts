import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import type { PostgresBinaries } from './binaries.ts'
import { EmbeddedPostgresError, messageOf, systemErrorCode } from './embedded-postgres-error.ts'
import type { EmbeddedPostgresLog } from './embedded-postgres-log.ts'
import type { HomeLayout } from './home-layout.ts'
import { isPostgresOn, killProcessesIn, readPostmasterFile, sendSignal } from './running-processes.ts'
import { askServer, WRONG_PASSWORD } from './server-connection.ts'
import { lastLogLines, openServerLog } from './server-log.ts'

/** A server that accepts connections, whether this process started it or found it running. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  /** Whether the process has ended. */
  ended(): boolean
}

/**
 * Starts a server and waits until it answers. Recovery after a crash may take its time; it is waited for.
 *
 * @throws EmbeddedPostgresError `embedded-postgres.start-failed` with the last lines of the server's log
 */
export async function launchServer(options: {
  layout: HomeLayout
  binaries: PostgresBinaries
  account: Account
  arguments: string[]
  port: number
  password: string
  log: EmbeddedPostgresLog
  signal: AbortSignal | undefined
}): Promise<ServerProcess> {
  const { layout, binaries, account, port, password, log, signal } = options
  await clearRemains(layout)
  const serverLog = openServerLog(layout)
  const { program, args, options: identity } = account.command(binaries.postgres, options.arguments)
  // Detached: Ctrl-C goes to the whole group of the terminal, but the database must outlive the requests that drain.
  const child = spawn(program, args, {
    ...identity,
    cwd: layout.data,
    env: minimalEnvironment(),
    detached: true,
    windowsHide: true,
    stdio: ['ignore', serverLog.descriptor, serverLog.descriptor]
  })
  child.unref()
  serverLog.close()
  let failure: string | undefined
  child.once('error', (error) => {
    failure = messageOf(error)
  })

  const ended = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null
  await waitUntilReady({ layout, child, ended, log, signal })
  if (ended()) throw startFailed(layout, serverLog.from, failure ?? `exit ${child.exitCode ?? child.signalCode}`)
  const server = { pid: child.pid ?? 0, port, ended }
  await signIn(layout, server, password)
  log.info({ pid: server.pid, port }, 'PostgreSQL is ready')
  return server
}

/** Ends a server in an orderly way within a time in milliseconds, and by force after it. */
export async function endServer(layout: HomeLayout, server: ServerProcess, orderlyWithin: number): Promise<void> {
  const stages = [
    ['SIGINT', orderlyWithin],
    ['SIGQUIT', 5000],
    ['SIGKILL', 5000]
  ] as const
  for (const [signal, patience] of stages) {
    if (server.ended()) break
    sendSignal(server.pid, signal)
    const deadline = performance.now() + patience
    while (!server.ended() && performance.now() < deadline) await sleep(5)
  }
  // Workers in the middle of a long statement outlive a head that was killed.
  await killProcessesIn(layout.data)
}

/**
 * The environment for the programs of PostgreSQL: nothing of ours, which holds secrets, and no PG… variable that
 * would change what they do.
 */
export function minimalEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', SystemRoot, TEMP } = process.env
  return { PATH, LC_ALL: 'C', ...(SystemRoot ? { SystemRoot } : {}), ...(TEMP ? { TEMP } : {}) }
}

// PostgreSQL refuses to start while workers of a killed server live on, or when the id in postmaster.pid belongs to
// any process at all. Called only with the home locked and the server known to be gone.
async function clearRemains(layout: HomeLayout): Promise<void> {
  await killProcessesIn(layout.data)
  const left = readPostmasterFile(layout.data)
  if (left !== undefined && !isPostgresOn(layout.data, left.pid)) rmSync(join(layout.data, 'postmaster.pid'))
}

async function waitUntilReady(options: {
  layout: HomeLayout
  child: ChildProcess
  ended: () => boolean
  log: EmbeddedPostgresLog
  signal: AbortSignal | undefined
}): Promise<void> {
  const { layout, child, ended, log, signal } = options
  let remindAt = performance.now() + 10_000
  while (!ended()) {
    const file = readPostmasterFile(layout.data)
    if (file?.pid === child.pid && (file?.status === 'ready' || file?.status === 'standby')) return
    if (signal?.aborted) {
      await endServer(layout, { pid: child.pid ?? 0, port: 0, ended }, 10_000)
      throw new EmbeddedPostgresError('embedded-postgres.stopped', 'PostgreSQL was stopped while it was starting.')
    }
    if (performance.now() > remindAt) {
      log.info(
        { lastLines: lastLogLines(layout) },
        'PostgreSQL is still starting, for instance recovering from a crash'
      )
      remindAt += 10_000
    }
    await sleep(5)
  }
}

async function signIn(layout: HomeLayout, server: ServerProcess, password: string): Promise<void> {
  try {
    await askServer(server.port, password)
  } catch (error) {
    await endServer(layout, server, 10_000)
    if (systemErrorCode(error) !== WRONG_PASSWORD) throw startFailed(layout, 0, messageOf(error))
    throw new EmbeddedPostgresError(
      'embedded-postgres.wrong-password',
      `The password in ${layout.passwordFile} is not the one of the database in ${layout.data}. Delete that file and start again: a new password is then set.`,
      { cause: error }
    )
  }
}

function startFailed(layout: HomeLayout, from: number, reason: string): EmbeddedPostgresError {
  const lines = lastLogLines(layout, from)
  const remedy = remedies.find(([pattern]) => pattern.test(`${reason}\n${lines}`))?.[1] ?? `See ${layout.logFile}.`
  return new EmbeddedPostgresError(
    'embedded-postgres.start-failed',
    `PostgreSQL did not start (${reason}). ${remedy}\n${lines}`.trimEnd()
  )
}

const remedies: [RegExp, string][] = [
  [/No space left on device|ENOSPC|Disk quota exceeded/, 'Free disk space and start again; no data is lost.'],
  [/Read-only file system/, 'Mount the file system of the home for writing and start again.'],
  [
    /Permission denied|EACCES|EPERM/,
    'Give the user PostgreSQL runs as access to its data directory and to node_modules.'
  ],
  [/could not bind/, 'Another program uses the port: stop it and start again.'],
  [/Cannot allocate memory|could not map anonymous/, 'Free memory and start again.'],
  [
    /ENOENT|GLIBC|cannot open shared object/,
    'The binaries do not run on this system (they need glibc, so not Alpine): set DATABASE_URL to a PostgreSQL server that you run yourself.'
  ]
]
