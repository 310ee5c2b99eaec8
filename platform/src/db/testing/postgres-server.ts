import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../../testing/free-port.ts'

const FOLDER = '/usr/lib/postgresql'
const VERSIONS = ['18', '17', '16', '15', '14']
const BIN = VERSIONS.map((version) => join(FOLDER, version, 'bin')).find((bin) =>
  existsSync(join(bin, 'pg_basebackup'))
)
/** PostgreSQL refuses to run as root. */
const NOBODY = 65534
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

/** As whom it runs: who looks into its data has to be nobody else. */
export const postgresUser = asNobody

/** Whether this machine can start a PostgreSQL that others follow: `apt-get install postgresql-15`. */
export const hasPostgres = (): boolean => BIN !== undefined

/** A real PostgreSQL of the test's own; anybody on this machine may come in. */
export interface PostgresServer {
  readonly port: number
  /** Its data directory. */
  readonly data: string
  /** As a superuser, in the database `postgres`. */
  readonly url: string
  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>
  /** Ends it, and everything it runs, as `kill -9` does. */
  kill(): Promise<void>
  /** Keeps its connections and answers nothing, as a machine that hangs. */
  freeze(): void
  thaw(): void
  /** Does nothing where it runs. */
  start(): Promise<void>
  close(): Promise<void>
}

export interface Standby extends PostgresServer {
  /** Makes it the primary; resolves when it takes writes. */
  promote(): Promise<void>
}

/** @param settings lines of postgresql.conf */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const folder = newFolder('primary')
  run('initdb', [
    '--pgdata',
    folder,
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync'
  ])
  return openServer(folder, ['max_wal_senders = 8', 'max_connections = 200', ...settings])
}

/** A server that follows another one, from a copy of it. @param name under which the other one knows it */
export async function startStandby(
  primary: Pick<PostgresServer, 'port'>,
  name: string,
  settings: readonly string[] = []
): Promise<Standby> {
  const folder = newFolder('standby')
  const source = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`
  run('pg_basebackup', [
    '--pgdata',
    folder,
    '--dbname',
    source,
    '--write-recovery-conf',
    '--checkpoint=fast',
    '--no-sync'
  ])
  const server = await openServer(folder, settings)
  return {
    ...server,
    promote: async () => {
      await server.query('select pg_promote(true, 60)')
    }
  }
}

function newFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `lyceum-${name}-`))
  if (asNobody.uid !== undefined) chownSync(folder, asNobody.uid, asNobody.gid)
  return folder
}

const program = (name: string): string => join(BIN ?? '', name)

const run = (name: string, args: readonly string[]): void => {
  execFileSync(program(name), args, { ...asNobody, stdio: 'pipe', cwd: tmpdir() })
}

async function openServer(folder: string, settings: readonly string[]): Promise<PostgresServer> {
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const common = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    'shared_buffers = 32MB',
    // Machines do not lose their power in tests; processes are killed.
    'fsync = off'
  ]
  appendFileSync(join(folder, 'postgresql.conf'), `\n${[...common, ...settings].join('\n')}\n`)
  let server: ChildProcess | undefined
  const signal = (name: NodeJS.Signals): void => {
    if (server?.pid !== undefined) for (const pid of [server.pid, ...childrenOf(server.pid)]) send(pid, name)
  }
  const kill = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    signal('SIGKILL')
    await gone
  }
  const query = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query<Row>(sql)).rows
    } finally {
      await client.end()
    }
  }
  const start = async (): Promise<void> => {
    if (server && server.exitCode === null && server.signalCode === null) return
    const next = spawn(program('postgres'), ['-D', folder], { ...asNobody, cwd: folder, stdio: 'ignore' })
    server = next
    while (!(await query('select 1').catch(() => undefined))) {
      if (next.exitCode !== null) throw new Error('PostgreSQL ended while it started')
      await sleep(50)
    }
  }
  await start()
  return {
    port,
    data: folder,
    url,
    query,
    kill,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    start,
    close: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function childrenOf(parent: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid,ppid'], { encoding: 'utf8' }).trim().split('\n').slice(1)
  return rows.map((row) => row.trim().split(/\s+/).map(Number)).flatMap(([pid = 0, of]) => (of === parent ? [pid] : []))
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // A backend that ended with its client.
  }
}
