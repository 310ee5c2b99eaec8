import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '@lyceum/platform/log'
import { type Check, fault, ok, skipped } from './check.ts'

const PATIENCE_MS = 5_000
const AGAIN_MS = 200

export const redis: Check = {
  what: 'Redis',
  check: async ({ config }) => {
    if (config.REDIS_URL === null && config.REDIS_SENTINELS.length === 0) return skipped('not used')
    const { openRedis } = await import('@lyceum/platform/redis')
    const silent = createLog({ level: 'silent', release: config.RELEASE, secrets: () => [] })
    const memory = openRedis(
      {
        url: config.REDIS_URL,
        sentinels: config.REDIS_SENTINELS,
        sentinelName: config.REDIS_SENTINEL_NAME,
        sentinelPassword: config.REDIS_SENTINEL_PASSWORD
      },
      silent
    )
    try {
      // It connects beside; the first questions come too early.
      const why = await untilAnswered(() => memory.check())
      return why === null
        ? ok('answers')
        : fault(
            `does not answer (${why})`,
            'Check REDIS_URL and REDIS_SENTINELS. Lyceum goes on without it: each process counts and remembers alone.'
          )
    } finally {
      await memory.close()
    }
  }
}

export const broker: Check = {
  what: 'RabbitMQ',
  check: async ({ config: { RABBITMQ_URL } }) => {
    if (RABBITMQ_URL === null) return skipped('not used')
    const { checkBroker } = await import('@lyceum/platform/check-broker')
    try {
      await checkBroker(RABBITMQ_URL)
      return ok('answers, and knows the user')
    } catch (error) {
      return fault(
        `does not let us in (${inWords(error)})`,
        'Check RABBITMQ_URL: user, password and virtual host. Events wait in the database until it does.'
      )
    }
  }
}

export const objectStorage: Check = {
  what: 'object storage',
  check: async ({ config, home }) => {
    if (config.STORAGE === 'disk') return skipped('files lie on the disk')
    const { openStorage } = await import('@lyceum/platform/open-storage')
    try {
      const storage = await openStorage(config, home)
      await storage.check()
      return ok(config.STORAGE === 's3' ? `bucket ${config.S3_BUCKET}` : `container ${config.AZURE_STORAGE_CONTAINER}`)
    } catch (error) {
      return fault(
        `cannot be used (${inWords(error)})`,
        config.STORAGE === 's3'
          ? 'Check S3_ENDPOINT, S3_BUCKET, the key and its rights.'
          : 'Check AZURE_STORAGE_CONNECTION_STRING and AZURE_STORAGE_CONTAINER.'
      )
    }
  }
}

async function untilAnswered(ask: () => Promise<void>): Promise<string | null> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      await ask()
      return null
    } catch (error) {
      if (Date.now() > until) return inWords(error)
      await sleep(AGAIN_MS)
    }
  }
}

/** What our own errors hide from people is for operators. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  return cause instanceof Error ? cause.message : message || error.name
}
