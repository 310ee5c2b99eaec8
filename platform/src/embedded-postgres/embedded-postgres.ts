import { mkdir } from 'node:fs/promises'
import { chooseAccount } from './account.ts'
import { adoptServer } from './adopt-server.ts'
import { findBinaries, type PostgresBinaries } from './binaries.ts'
import { prepareDataDirectory } from './data-directory.ts'
import { EmbeddedPostgresError, messageOf, systemErrorCode } from './embedded-postgres-error.ts'
import type { EmbeddedPostgresLog } from './embedded-postgres-log.ts'
import { type HomeLayout, layoutOf } from './home-layout.ts'
import { type HomeLock, lockHome } from './home-lock.ts'
import { readPassword } from './password.ts'
import { choosePort, rememberPort } from './port.ts'
import { isPostgresOn, readPostmasterFile } from './running-processes.ts'
import { launchServer } from './server-process.ts'
import { serverArguments } from './server-settings.ts'
import { superviseServer } from './supervise-server.ts'

/** A running embedded PostgreSQL that is kept alive until `stop` is called. */
export interface EmbeddedPostgres {
  /** Connection string of the superuser (scram password, 127.0.0.1, chosen port) to the database `postgres`. */
  readonly url: string
  /** Process id of the server; changes when the server had to be started again. */
  readonly pid: number
  /** Resolves after an orderly stop that breaks off open connections; may be called again at any time. */
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL that comes with the product, or takes over the one that an earlier process left running.
 *
 * Data lives in `<home>/postgres`, the password in `<home>/secrets/postgres-password`, the server's own log in
 * `<home>/logs/postgres.log`. The server listens on 127.0.0.1 only, on the port it had last time when that is free.
 * When the server ends although nobody asked, it is started again on the same port, so that pools reconnect.
 *
 * @param options.programs others than those that come with the product, for data that another version wrote
 * @throws EmbeddedPostgresError with a stable code and the remedy in its message
 */
export async function startEmbeddedPostgres(options: {
  home: string
  log: EmbeddedPostgresLog
  settings?: Record<string, string>
  programs?: PostgresBinaries | undefined
}): Promise<EmbeddedPostgres> {
  const layout = layoutOf(options.home)
  await createHome(layout)
  const lock = lockHome(layout)
  try {
    return await startLocked(layout, lock, options.log, options.settings ?? {}, options.programs)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function startLocked(
  layout: HomeLayout,
  lock: HomeLock,
  log: EmbeddedPostgresLog,
  settings: Record<string, string>,
  programs?: PostgresBinaries
): Promise<EmbeddedPostgres> {
  const binaries = programs ?? (await findBinaries())
  const account = await chooseAccount(layout, binaries)
  const argumentsFor = (port: number) => serverArguments(layout, binaries.major, port, settings)

  const adopted = await adoptServer({ layout, binaries, argumentsFor, log })
  const password = adopted?.password ?? (await prepareDataDirectory({ layout, binaries, account, log }))

  const launch = (port: number, signal?: AbortSignal) =>
    launchServer({ layout, binaries, account, port, password, log, arguments: argumentsFor(port), signal })
  const server = adopted?.server ?? (await launchOnFreePort(layout, launch))
  await rememberPort(layout, server.port)

  const supervised = superviseServer({ layout, server, log, relaunch: (signal) => launch(server.port, signal) })
  const stopOnce = async () => {
    await supervised.stop()
    lock.release()
  }
  let stopped: Promise<void> | undefined
  return {
    url: urlOf(server.port, password),
    get pid() {
      return supervised.pid()
    },
    stop() {
      stopped ??= stopOnce()
      return stopped
    }
  }
}

/**
 * The server that another process keeps running on this home; undefined when there is none.
 * Whoever attaches must not stop it.
 */
export async function findRunningPostgres(
  home: string
): Promise<{ readonly url: string; readonly pid: number } | undefined> {
  const layout = layoutOf(home)
  const file = readPostmasterFile(layout.data)
  if (file?.status !== 'ready' || !isPostgresOn(layout.data, file.pid)) return undefined
  const password = await readPassword(layout)
  return password === undefined ? undefined : { url: urlOf(file.port, password), pid: file.pid }
}

/** The data directory of a home. */
export const dataFolder = (home: string): string => layoutOf(home).data

const urlOf = (port: number, password: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`

async function launchOnFreePort(layout: HomeLayout, launch: (port: number) => ReturnType<typeof launchServer>) {
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(layout, attempt)
    try {
      return await launch(port)
    } catch (error) {
      // Between the look at the port and the bind, another program may have taken it.
      if (attempt === 5 || !/could not bind IPv4 address/.test(messageOf(error))) throw error
    }
  }
}

async function createHome(layout: HomeLayout): Promise<void> {
  try {
    await mkdir(layout.home, { recursive: true })
    await mkdir(layout.secrets, { recursive: true, mode: 0o700 })
    await mkdir(layout.logs, { recursive: true })
  } catch (error) {
    const reason = systemErrorCode(error) ?? messageOf(error)
    throw new EmbeddedPostgresError(
      'embedded-postgres.home-unusable',
      `The directory ${layout.home} cannot be created or written (${reason}). Give the current user write access to it, free disk space, or choose another home.`,
      { cause: error }
    )
  }
}
