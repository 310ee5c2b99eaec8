import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from 'rabbitmq-client'

const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'

/** Whether this machine can start a RabbitMQ: `apt-get install rabbitmq-server`. */
export const hasRabbit = (): boolean => existsSync(SERVER)

/** A real RabbitMQ of the test's own. */
export interface RabbitServer {
  readonly url: string
  /** Keeps its connections and answers nothing, as a machine that hangs. */
  freeze(): void
  thaw(): void
  /** Ends it as `kill -9` does; what was confirmed is on its disk. */
  kill(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export async function startRabbit(): Promise<RabbitServer> {
  const [port, distribution, mapper] = [await freePort(), await freePort(), await freePort()]
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-rabbit-'))
  const url = `amqp://guest:guest@127.0.0.1:${port}`
  // RabbitMQ wants a user with a home; root is lent the package's own.
  const own = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  writeFileSync(join(folder, 'plugins'), '[].')
  writeFileSync(join(folder, 'rabbitmq.conf'), 'disk_free_limit.absolute = 50MB\n')
  chmodSync(folder, 0o755)
  if (own.uid !== undefined)
    for (const path of ['', 'plugins', 'rabbitmq.conf']) chownSync(join(folder, path), own.uid, own.gid)
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    RABBITMQ_NODENAME: `lyceum${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    ERL_EPMD_PORT: String(mapper),
    ERL_EPMD_RELAXED_COMMAND_CHECK: '1',
    // One scheduler is enough for a test and leaves the machine to others.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none'
  }
  let server: ChildProcess | undefined
  const signal = (name: NodeJS.Signals): void => {
    if (server?.pid !== undefined) process.kill(-server.pid, name)
  }
  const kill = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    signal('SIGKILL')
    await gone
  }
  const start = async (): Promise<void> => {
    server = spawn(SERVER, [], { env, ...own, cwd: folder, stdio: 'ignore', detached: true })
    await answers(url)
  }
  await start()
  return {
    url,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    kill,
    start,
    close: async () => {
      await kill()
      // It has a helper that outlives it.
      spawnSync('epmd', ['-port', String(mapper), '-kill'], { stdio: 'ignore' })
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const rabbit = new Connection({ url, connectionTimeout: 1_000 })
    rabbit.on('error', () => undefined)
    try {
      await rabbit.onConnect(1_000)
      await rabbit.close()
      return
    } catch {
      rabbit.unsafeDestroy()
      await sleep(200)
    }
  }
}

const idOf = (which: '-u' | '-g'): number => Number(execFileSync('id', [which, 'rabbitmq'], { encoding: 'utf8' }))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
