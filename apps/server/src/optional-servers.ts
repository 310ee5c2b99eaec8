import type { Config } from '@lyceum/platform/config'
import type { EventBus } from '@lyceum/platform/event-bus'
import type { Log } from '@lyceum/platform/log'
import type { Module } from '@lyceum/platform/module'
import type { SharedMemory } from '@lyceum/platform/redis'
import { usesBroker } from './broker-check.ts'

/** Redis, where the installation has one. Clients are loaded where they are used only. */
export async function openMemory(config: Config, log: Log): Promise<SharedMemory | undefined> {
  if (config.REDIS_URL === null && config.REDIS_SENTINELS.length === 0) return undefined
  const { openRedis } = await import('@lyceum/platform/redis')
  return openRedis(
    {
      url: config.REDIS_URL,
      sentinels: config.REDIS_SENTINELS,
      sentinelName: config.REDIS_SENTINEL_NAME,
      sentinelPassword: config.REDIS_SENTINEL_PASSWORD
    },
    log
  )
}

/** RabbitMQ, where the installation has one. */
export async function openBus(config: Config, modules: readonly Module[], log: Log): Promise<EventBus | undefined> {
  if (config.RABBITMQ_URL === null || !usesBroker(config)) return undefined
  const { openEventBus } = await import('@lyceum/platform/event-bus')
  return openEventBus({ url: config.RABBITMQ_URL, modules, release: config.RELEASE, log, concurrency: 4 })
}
