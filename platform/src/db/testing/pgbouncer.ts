import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../testing/free-port.ts'

/** Whether this machine can start a PgBouncer: `apt-get install pgbouncer`. */
export const hasPooler = (): boolean => spawnSync('pgbouncer', ['--version']).status === 0

/** It refuses to run as root. */
const NOBODY = 65534
const isRoot = process.getuid?.() === 0

/** A real PgBouncer in transaction mode of the test's own. */
export interface Pooler {
  readonly port: number
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export interface PoolerOptions {
  /** Of the database server. */
  readonly host: string
  readonly port: number
  /** Passwords by login. */
  readonly users: Readonly<Record<string, string>>
  /** Connections to the server for each database and login. */
  readonly poolSize: number
  /** A file of settings as somebody runs it, of which only places and numbers of connections are changed. */
  readonly settings?: string
}

const SETTINGS = `[databases]
lyceum = host=postgres
[pgbouncer]
listen_addr =
listen_port =
unix_socket_dir =
auth_type = scram-sha-256
auth_file =
pool_mode = transaction
default_pool_size =
ignore_startup_parameters = extra_float_digits,options,statement_timeout,idle_in_transaction_session_timeout
`

/** Debian 12 has 1.18, which ends because of a setting that it does not know. */
const knowsStatements = (): boolean => {
  const [, minor = '0'] = /PgBouncer 1\.(\d+)/.exec(spawnSync('pgbouncer', ['--version']).stdout.toString()) ?? []
  return Number(minor) >= 21
}

export async function startPooler({
  host,
  port: serverPort,
  users,
  poolSize,
  settings = SETTINGS
}: PoolerOptions): Promise<Pooler> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-pgbouncer-'))
  const ours: Readonly<Record<string, string>> = {
    lyceum: `host=${host} port=${serverPort}`,
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    auth_file: join(folder, 'users.txt'),
    default_pool_size: String(poolSize)
  }
  const changed = settings.split('\n').flatMap((line) => {
    const [name = ''] = line.split(' =')
    if (name === 'max_prepared_statements' && !knowsStatements()) return []
    // Databases of tests have names of their own.
    return [name in ours ? `${name === 'lyceum' ? '*' : name} = ${ours[name]}` : line]
  })
  writeFileSync(join(folder, 'pgbouncer.ini'), changed.join('\n'))
  const lines = Object.entries(users).map(([user, password]) => `"${user}" "${password}"\n`)
  writeFileSync(join(folder, 'users.txt'), lines.join(''))
  if (isRoot) for (const file of ['', 'pgbouncer.ini', 'users.txt']) chownSync(join(folder, file), NOBODY, NOBODY)
  chmodSync(folder, 0o755)
  let pooler: ChildProcess | undefined
  const start = async (): Promise<void> => {
    pooler = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], {
      stdio: 'ignore',
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {})
    })
    while (!(await isListening(port))) await sleep(20)
  }
  const kill = async (): Promise<void> => {
    if (!pooler || pooler.exitCode !== null || pooler.signalCode !== null) return
    const gone = once(pooler, 'exit')
    pooler.kill('SIGKILL')
    await gone
  }
  await start()
  return {
    port,
    kill,
    start,
    close: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
