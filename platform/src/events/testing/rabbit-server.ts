import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from 'rabbitmq-client'
import { freePort } from '../../testing/free-port.ts'
import { type Program, startProgram } from '../../testing/start-program.ts'

const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'

/** Whether this machine can start a RabbitMQ: `apt-get install rabbitmq-server`. */
export const hasRabbit = (): boolean => existsSync(SERVER)

/** A real RabbitMQ of the test's own; what it confirmed is on its disk when it is killed. */
export interface RabbitServer extends Program {
  readonly url: string
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
  const program = await startProgram({
    command: SERVER,
    folder,
    answers: () => answers(url),
    spawn: { env, ...own, cwd: folder, detached: true }
  })
  return {
    ...program,
    url,
    close: async () => {
      await program.close()
      // It has a helper that outlives it.
      spawnSync('epmd', ['-port', String(mapper), '-kill'], { stdio: 'ignore' })
    }
  }
}

async function answers(url: string): Promise<boolean> {
  const rabbit = new Connection({ url, connectionTimeout: 1_000 })
  rabbit.on('error', () => undefined)
  try {
    await rabbit.onConnect(1_000)
    await rabbit.close()
    return true
  } catch {
    rabbit.unsafeDestroy()
    return false
  }
}

const idOf = (which: '-u' | '-g'): number => Number(execFileSync('id', [which, 'rabbitmq'], { encoding: 'utf8' }))
