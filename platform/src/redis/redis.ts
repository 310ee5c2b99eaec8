import { Redis, type RedisOptions } from 'ioredis'
import type { Log } from '../observability/log.ts'

/** Longest wait for an answer. What is asked here is answered in a millisecond, or better done without. */
const PATIENCE_MS = 250
/** After a silence nobody asks for this long, so that not every request waits; doubled while it lasts. */
const FIRST_REST_MS = 500
const LONGEST_REST_MS = 5_000
const REVIVE_AFTER_MS = 500
/** Every key of the product begins like this. */
const PREFIX = 'lyceum:'

export interface RedisPlace {
  /** `redis://` or `rediss://` with user, password and database; with sentinels its host is not used. */
  readonly url: string | null
  /** `host:port` of each sentinel; empty for a server of its own. */
  readonly sentinels: readonly string[]
  /** Under which name the sentinels know the master. */
  readonly sentinelName: string
  readonly sentinelPassword: string | null
}

/**
 * Redis as a memory that all processes share and that may be lost at any moment: nothing is true because it is there, and
 * nothing breaks because it is not.
 */
export interface SharedMemory {
  /** The answer; undefined when Redis is away, slow, frozen or refuses. Never throws and never waits long. */
  ask<Answer>(work: (redis: Redis) => Promise<Answer>): Promise<Answer | undefined>
  /** Hears what other processes tell. Messages are lost while the connection is: see `back`. */
  hear(channel: string, heard: (message: string) => void): void
  /** Called whenever messages may have been missed. */
  back(heard: () => void): void
  tell(channel: string, message: string): void
  /** For health: resolves when Redis answers. */
  check(): Promise<void>
  close(): Promise<void>
}

/** @throws never: a Redis that is not there is one that is away */
export function openRedis(place: RedisPlace, log: Log): SharedMemory {
  const redis = new Redis({
    ...optionsOf(place),
    keyPrefix: PREFIX,
    // While it is away questions are answered by nobody at once, instead of all together when it is back.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: PATIENCE_MS
  })
  const ears = new Redis({ ...optionsOf(place), enableOfflineQueue: true, maxRetriesPerRequest: null })
  const channels = new Map<string, ((message: string) => void)[]>()
  const returns: (() => void)[] = []
  let rest = FIRST_REST_MS
  let silentUntil = Number.NEGATIVE_INFINITY
  let away = false
  let closed = false

  const noticeAway = (error: unknown): void => {
    silentUntil = performance.now() + rest
    // Still silent after so many pauses: a machine that is gone says nothing about its end.
    if (rest === LONGEST_REST_MS && redis.status === 'ready') redis.disconnect(true)
    rest = Math.min(rest * 2, LONGEST_REST_MS)
    if (!away) log.warn({ err: error }, 'Redis does not answer; going on without it, slower')
    away = true
  }
  const noticeBack = (): void => {
    if (away) log.info('Redis answers again')
    away = false
    rest = FIRST_REST_MS
  }
  for (const line of [redis, ears]) {
    line.on('error', (error: unknown) => log.debug({ err: error }, 'connection to Redis'))
    // A failover that is heard of in the middle of connecting ends the line for good, as if somebody had closed it.
    line.on('end', () => {
      if (!closed) setTimeout(() => line.connect().catch(() => undefined), REVIVE_AFTER_MS).unref()
    })
  }
  redis.on('ready', () => {
    silentUntil = Number.NEGATIVE_INFINITY
  })
  ears.on('ready', () => {
    for (const heard of returns) heard()
  })
  ears.on('message', (channel: string, message: string) => {
    for (const heard of channels.get(channel) ?? []) heard(message)
  })

  return {
    ask: async (work) => {
      if (performance.now() < silentUntil) return undefined
      try {
        const answer = await work(redis)
        noticeBack()
        return answer
      } catch (error) {
        noticeAway(error)
        return undefined
      }
    },
    hear: (channel, heard) => {
      const name = PREFIX + channel
      if (!channels.has(name)) void ears.subscribe(name).catch(() => undefined)
      channels.set(name, [...(channels.get(name) ?? []), heard])
    },
    back: (heard) => {
      returns.push(heard)
    },
    tell: (channel, message) => {
      void redis.publish(PREFIX + channel, message).catch(() => undefined)
    },
    check: async () => {
      await redis.ping().catch((error: Error) => {
        throw new Error(`Redis does not answer (${error.message}). Everything works on without it, slower.`)
      })
    },
    close: async () => {
      closed = true
      redis.disconnect()
      ears.disconnect()
    }
  }
}

function optionsOf({ url, sentinels, sentinelName, sentinelPassword }: RedisPlace): Omit<RedisOptions, 'replyMapping'> {
  const given = new URL(url ?? 'redis://127.0.0.1:6379')
  const database = Number(given.pathname.slice(1) || 0)
  return {
    ...(sentinels.length === 0
      ? { host: given.hostname.replace(/^\[|\]$/g, ''), port: Number(given.port || 6379) }
      : {
          sentinels: sentinels.map(addressOf),
          name: sentinelName,
          ...(sentinelPassword === null ? {} : { sentinelPassword }),
          // Sentinels tell of a new master; without it a frozen old one is held on to.
          failoverDetector: true,
          sentinelRetryStrategy: again,
          sentinelCommandTimeout: 1_000
        }),
    ...(given.username === '' ? {} : { username: decodeURIComponent(given.username) }),
    ...(given.password === '' ? {} : { password: decodeURIComponent(given.password) }),
    ...(given.protocol === 'rediss:' ? { tls: {} } : {}),
    db: database,
    connectTimeout: 2_000,
    keepAlive: 5_000,
    retryStrategy: again,
    // A replica that was promoted away from says so by refusing to write: look for the master anew.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
    connectionName: 'lyceum'
  }
}

const again = (attempt: number): number => Math.min(attempt * 200, 2_000)

function addressOf(given: string): { host: string; port: number } {
  const { hostname, port } = new URL(`redis://${given}`)
  return { host: hostname, port: Number(port || 26_379) }
}
