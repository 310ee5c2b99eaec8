import type { SharedMemory } from '../redis/redis.ts'
import { createLocalRateLimits, type LocalRateLimits } from './local-rate-limits.ts'
import { type RateLimits, takenAt } from './rate-limits.ts'

/** Counting and ending the window in one step: a key without an end would refuse somebody for ever. */
const TAKE = `
local count = redis.call('incr', KEYS[1])
local left = redis.call('pttl', KEYS[1])
if left < 0 then
  redis.call('pexpire', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`

/**
 * Counts in Redis for all processes together. While Redis is away each process counts on its own from the last number it
 * heard, so that a limit is then worth at most itself once for each process.
 */
export function createRedisRateLimits(
  memory: SharedMemory,
  local: LocalRateLimits = createLocalRateLimits()
): RateLimits {
  return {
    take: async (key, limit, windowSeconds) => {
      const counted = await memory.ask((redis) => redis.eval(TAKE, 1, `rate:${key}`, windowSeconds * 1000))
      if (!isCounted(counted)) return local.take(key, limit, windowSeconds)
      const [count, left] = counted
      local.learn(key, count, left)
      return takenAt(count, limit, left)
    }
  }
}

const isCounted = (answer: unknown): answer is [count: number, left: number] =>
  Array.isArray(answer) && typeof answer[0] === 'number' && typeof answer[1] === 'number'
