import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chooseAccount } from './account.ts'
import { findBinaries, type PostgresBinaries } from './binaries.ts'
import { EmbeddedPostgresError, messageOf } from './embedded-postgres-error.ts'
import { layoutOf } from './home-layout.ts'
import { choosePort } from './port.ts'
import { readPostmasterFile } from './running-processes.ts'
import { lastLogLines, openServerLog } from './server-log.ts'
import { endServer, minimalEnvironment } from './server-process.ts'
import { serverArguments } from './server-settings.ts'

/**
 * Lets PostgreSQL replay the log over a data directory that was just unpacked, then stops it. Nobody can connect meanwhile. Called
 * by whoever holds the home.
 *
 * @param options.data the data directory, anywhere in the home
 * @param options.settings where the log comes from and where to stop
 * @throws EmbeddedPostgresError `embedded-postgres.recovery-failed` with what PostgreSQL said
 */
export async function recoverData({
  home,
  data,
  settings,
  programs
}: {
  readonly home: string
  readonly data: string
  readonly settings: Readonly<Record<string, string>>
  /** Of the version that wrote the data; those that come with the product where none are named. */
  readonly programs?: PostgresBinaries | undefined
}): Promise<void> {
  const layout = { ...layoutOf(home), data }
  const binaries = programs ?? (await findBinaries())
  const account = await chooseAccount(layout, binaries)
  await writeFile(join(data, 'recovery.signal'), '', { mode: 0o600 })
  await account.own(data)
  const port = await choosePort(layout, 1)
  const serverLog = openServerLog(layout)
  const args = serverArguments(layout, binaries.major, port, { ...settings, hot_standby: 'off' })
  const { program, args: given, options } = account.command(binaries.postgres, args)
  const child = spawn(program, given, {
    ...options,
    cwd: data,
    env: minimalEnvironment(),
    detached: true,
    windowsHide: true,
    stdio: ['ignore', serverLog.descriptor, serverLog.descriptor]
  })
  serverLog.close()
  let failure: string | undefined
  child.once('error', (error) => {
    failure = messageOf(error)
  })
  const ended = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null
  while (!ended() && !isReady(data, child.pid)) await sleep(20)
  if (ended())
    throw new EmbeddedPostgresError(
      'embedded-postgres.recovery-failed',
      `PostgreSQL could not replay the log (${failure ?? `exit ${child.exitCode ?? child.signalCode}`}). ${lastLogLines(layout, serverLog.from)}`
    )
  await endServer(layout, { pid: child.pid ?? 0, port, ended }, 60_000)
}

const isReady = (data: string, pid: number | undefined): boolean => {
  const file = readPostmasterFile(data)
  return file?.pid === pid && file?.status === 'ready'
}
