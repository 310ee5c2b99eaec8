import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'

/** Whether this machine can start a Redis: `apt-get install redis-server redis-sentinel`. */
export const hasRedis = (): boolean => ['redis-server', 'redis-sentinel'].every(isInstalled)

/** A real redis-server of the test's own. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Keeps its connections and answers nothing, as a machine that hangs. */
  freeze(): void
  thaw(): void
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** @param options lines of redis.conf, or of sentinel.conf with `program` `redis-sentinel` */
export async function startRedis(
  options: readonly string[] = [],
  program: 'redis-server' | 'redis-sentinel' = 'redis-server'
): Promise<RedisServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-redis-'))
  const file = join(folder, 'redis.conf')
  const store = program === 'redis-server' ? ['save ""', 'appendonly no'] : []
  writeFileSync(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...store, ...options].join('\n'))
  let server: ChildProcess | undefined

  const start = async (): Promise<void> => {
    server = spawn(program, [file], { stdio: 'ignore' })
    await answers(port)
  }
  const kill = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  }
  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    kill,
    start,
    close: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

async function answers(port: number): Promise<void> {
  const redis = new Redis({ port, lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  try {
    await redis.ping()
  } finally {
    redis.disconnect()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
