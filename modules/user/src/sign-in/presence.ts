import type { Clock } from '@lyceum/platform/clock'

const WINDOW_MS = 5 * 60 * 1000

/** Who was seen lately, in this process's memory: a number for a screen, worth no write per request. */
export interface Presence {
  seen(tenantId: string, userId: string | null): void
  count(tenantId: string): number
}

export function createPresence(clock: Clock): Presence {
  const tenants = new Map<string, Map<string, number>>()
  return {
    seen: (tenantId, userId) => {
      if (userId === null) return
      const people = tenants.get(tenantId) ?? new Map<string, number>()
      people.set(userId, clock.now().getTime())
      tenants.set(tenantId, people)
    },
    count: (tenantId) => {
      const people = tenants.get(tenantId)
      if (!people) return 0
      const now = clock.now().getTime()
      for (const [userId, at] of people) if (at < now - WINDOW_MS || at > now) people.delete(userId)
      return people.size
    }
  }
}
