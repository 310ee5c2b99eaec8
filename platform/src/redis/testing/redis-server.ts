import { accessSync, constants, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../testing/free-port.ts'
import { type Program, startProgram } from '../../testing/start-program.ts'

/** Whether this machine can start a Redis: `apt-get install redis-server redis-sentinel`. */
export const hasRedis = (): boolean => ['redis-server', 'redis-sentinel'].every(isInstalled)

/** A real redis-server of the test's own. */
export interface RedisServer extends Program {
  readonly port: number
  readonly url: string
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
  const started = await startProgram({ command: program, args: [file], folder, answers: () => answers(port) })
  return { ...started, port, url: `redis://127.0.0.1:${port}` }
}

async function answers(port: number): Promise<boolean> {
  const redis = new Redis({ port, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined)
  try {
    return (await redis.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    redis.disconnect()
  }
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
