import { Counter, Gauge, type Registry } from 'prom-client'
import type { CacheOutcome } from '../cache/cache.ts'
import type { SharedMemory } from '../redis/redis.ts'
import { askedSeldom } from './in-time.ts'

/** @returns counts what became of one look into the cache */
export function countCache(registry: Registry): (kind: string, outcome: CacheOutcome) => void {
  const outcomes = new Counter({
    name: 'lyceum_cache_total',
    help: 'Looks into the cache by kind: hit, miss, shared with somebody who asked just before, error (Redis away or nonsense), and what was forgotten',
    labelNames: ['kind', 'outcome'],
    registers: [registry]
  })
  return (kind, outcome) => outcomes.inc({ kind, outcome })
}

/** Redis as this process sees it; nothing where none is used. */
export function watchMemory(registry: Registry, memory: () => SharedMemory | undefined): void {
  const state = askedSeldom(async () => {
    const asked = memory()
    return asked && { asked, facts: await asked.ask((redis) => redis.info()) }
  })
  new Gauge({
    name: 'lyceum_redis_up',
    help: 'Whether Redis answers; left out where none is used',
    registers: [registry],
    async collect() {
      const found = await state()
      if (found) this.set(found.facts === undefined ? 0 : 1)
      else this.remove()
    }
  })
  const fact = (name: string, help: string, field: string) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const value = new RegExp(`^${field}:(\\d+)`, 'm').exec((await state())?.facts ?? '')?.[1]
        if (value === undefined) this.remove()
        else this.set(Number(value))
      }
    })
  fact('lyceum_redis_memory_bytes', 'Memory that Redis uses', 'used_memory')
  fact('lyceum_redis_evicted_keys', 'Values that Redis threw away for want of memory, since it started', 'evicted_keys')
  fact('lyceum_redis_keys_expired', 'Values whose time was over, since Redis started', 'expired_keys')
}
