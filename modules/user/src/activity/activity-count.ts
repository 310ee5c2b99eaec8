import type { Clock } from '@lyceum/platform/clock'
import type { Database } from '@lyceum/platform/database'
import { inInstallation } from '@lyceum/platform/installation-db'
import { sql } from 'kysely'
import type { Tables } from '../context.ts'
import { type ActiveHour, MEASURED_WEEKS } from './activity.ts'

const HOUR_MS = 60 * 60 * 1000
const WEEK_MS = 7 * 24 * HOUR_MS
/** What a process that dies takes with it. */
const KEEP_EVERY_MS = 5 * 60 * 1000

/** Counts who is there, hour by hour: people in memory, numbers in the database, names nowhere. */
export interface ActivityCount {
  seen(tenantId: string, userId: string | null): void
  /** Writes what was counted since the last time. */
  keep(): Promise<void>
  close(): Promise<void>
}

/**
 * Several processes see mostly the same people, so of their counts the greatest stands; the numbers are for comparing
 * hours with each other.
 */
export function openActivityCount(database: Database, clock: Clock): ActivityCount {
  let counted = new Map<string, Set<string>>()
  let changed = new Set<string>()
  const keyOf = (tenantId: string, hour: number) => `${hour} ${tenantId}`

  const keep = async (): Promise<void> => {
    const current = Math.floor(clock.now().getTime() / HOUR_MS)
    const rows = [...changed].map((key) => {
      const [hour = '', tenantId = ''] = key.split(' ')
      return { hour: new Date(Number(hour) * HOUR_MS).toISOString(), tenantId, people: counted.get(key)?.size ?? 0 }
    })
    changed = new Set()
    counted = new Map([...counted].filter(([key]) => Number(key.split(' ')[0]) >= current))
    if (rows.length === 0) return
    const oldest = new Date(clock.now().getTime() - (MEASURED_WEEKS + 1) * WEEK_MS)
    await inInstallation<Tables, void>(database, async (tx) => {
      await sql`
        insert into "user".activity_hour (tenant_id, hour, people)
        select "tenantId", hour, people
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as counted ("tenantId" uuid, hour timestamptz, people integer)
        on conflict (tenant_id, hour) do update set people = greatest(activity_hour.people, excluded.people)`.execute(
        tx
      )
      await sql`delete from "user".activity_hour where hour < ${oldest}`.execute(tx)
    })
  }
  // A database that is away costs five minutes of counting, and nobody their request.
  const timer = setInterval(() => void keep().catch(() => undefined), KEEP_EVERY_MS)
  timer.unref()

  return {
    seen: (tenantId, userId) => {
      if (userId === null) return
      const key = keyOf(tenantId, Math.floor(clock.now().getTime() / HOUR_MS))
      const people = counted.get(key) ?? new Set()
      if (people.has(userId)) return
      people.add(userId)
      counted.set(key, people)
      changed.add(key)
    },
    keep,
    close: async () => {
      clearInterval(timer)
      await keep().catch(() => undefined)
    }
  }
}

/** Hour by hour over the last four weeks, all schools together; hours in which nobody was there have no row. */
export async function readActivity(database: Database, now: Date): Promise<ActiveHour[]> {
  const since = new Date(now.getTime() - MEASURED_WEEKS * WEEK_MS)
  return inInstallation<Tables, ActiveHour[]>(database, async (tx) => {
    const { rows } = await sql<ActiveHour>`
      select hour, sum(people) as people from "user".activity_hour where hour >= ${since} group by hour order by hour
    `.execute(tx)
    return rows
  })
}
