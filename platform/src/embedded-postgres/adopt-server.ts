import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresBinaries } from './binaries.ts'
import { systemErrorCode } from './embedded-postgres-error.ts'
import type { EmbeddedPostgresLog } from './embedded-postgres-log.ts'
import type { HomeLayout } from './home-layout.ts'
import { readPassword } from './password.ts'
import { hasEnded, isPostgresOn, readPostmasterFile } from './running-processes.ts'
import { askServer, WRONG_PASSWORD } from './server-connection.ts'
import { endServer, type ServerProcess } from './server-process.ts'

const PATIENCE_FOR_ANSWER = 5000
const PATIENCE_FOR_STOP = 60_000
const PATIENCE_WITH_THE_DEAF = 2000

const DEAF = 'it does not answer'

/**
 * Takes over the server that a killed process left running on this home, when it answers with our password and runs
 * with the version and settings we want. Any other server on this data directory is ended; undefined then.
 */
export async function adoptServer(options: {
  layout: HomeLayout
  binaries: PostgresBinaries
  argumentsFor: (port: number) => string[]
  log: EmbeddedPostgresLog
}): Promise<{ server: ServerProcess; password: string } | undefined> {
  const { layout, binaries, argumentsFor, log } = options
  const file = readPostmasterFile(layout.data)
  if (file === undefined || !isPostgresOn(layout.data, file.pid)) return undefined
  const server = foundServer(layout, file.pid, file.port)
  const password = await readPassword(layout)

  const refusal = await reasonAgainst(layout, server, password, binaries, argumentsFor)
  if (refusal === undefined && password !== undefined) {
    log.warn(server.details, 'Took over the PostgreSQL that an earlier process left running')
    return { server, password }
  }
  log.warn({ ...server.details, reason: refusal }, 'Stopping the PostgreSQL that an earlier process left running')
  await endServer(layout, server, refusal === DEAF ? PATIENCE_WITH_THE_DEAF : PATIENCE_FOR_STOP)
  return undefined
}

function foundServer(layout: HomeLayout, pid: number, port: number) {
  return { pid, port, ended: () => hasEnded(layout.data, pid), details: { pid, port } }
}

async function reasonAgainst(
  layout: HomeLayout,
  server: ServerProcess,
  password: string | undefined,
  binaries: PostgresBinaries,
  argumentsFor: (port: number) => string[]
): Promise<string | undefined> {
  if (password === undefined) return 'its password is lost'
  if (!runsWith(layout, argumentsFor(server.port))) return 'it runs with other settings'
  const started = performance.now()
  while (!server.ended()) {
    const status = readPostmasterFile(layout.data)?.status
    const waited = performance.now() - started
    if (status === 'ready' || status === 'standby') {
      try {
        const answer = await askServer(server.port, password)
        if (answer.data !== layout.data) return `it answers for ${answer.data}`
        return answer.version === binaries.version ? undefined : `it is version ${answer.version}`
      } catch (error) {
        if (systemErrorCode(error) === WRONG_PASSWORD) return 'it has another password'
      }
      if (waited > PATIENCE_FOR_ANSWER) return DEAF
    }
    // A server that recovers or writes its last checkpoint is at work; breaking it off would only cost more.
    if (waited > PATIENCE_FOR_STOP) return `it has been ${status} for a minute`
    await sleep(50)
  }
  return 'it ended by itself'
}

// PostgreSQL keeps the command line it was started with, each argument in double quotes.
function runsWith(layout: HomeLayout, args: string[]): boolean {
  const file = join(layout.data, 'postmaster.opts')
  if (!existsSync(file)) return false
  return readFileSync(file, 'utf8')
    .trimEnd()
    .endsWith(args.map((argument) => ` "${argument}"`).join(''))
}
