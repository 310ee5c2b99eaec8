import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { inInstallation } from '../db/installation-transaction.ts'
import type { StatusHistory } from './contract.ts'
import { type StatusFacts, statusOf } from './status.ts'
import { addLooks, historyFrom, historyOf, type Looks, looksOf } from './status-history.ts'

const LOOK_EVERY_MS = 60_000
const KEPT_MS = 2 * 24 * 60 * 60_000

export interface StatusHistoryKeeper {
  /** Looks every minute from now on; for the process that has the schedules. */
  start(): void
  /** Looks at everything once and writes it down. What cannot be written, as while the database is away, is written later. */
  look(): Promise<void>
  read(): Promise<StatusHistory>
  close(): void
}

/** Remembers how every part of the installation did. */
export function keepStatusHistory({
  database,
  clock,
  facts
}: {
  readonly database: Database
  readonly clock: Clock
  readonly facts: () => Promise<StatusFacts>
}): StatusHistoryKeeper {
  let unwritten: Looks[] = []
  let timer: NodeJS.Timeout | undefined

  const look = async (): Promise<void> => {
    const now = clock.now()
    const oldest = historyFrom(now).toISOString()
    // Not for longer than it is shown: a database may be away for days.
    unwritten = addLooks([...unwritten, ...looksOf(statusOf(await facts(), now))]).filter(({ slot }) => slot >= oldest)
    const writing = unwritten
    unwritten = []
    try {
      await inInstallation(database, async (tx) => {
        await sql`delete from platform.status_history where slot < ${new Date(now.getTime() - KEPT_MS)}`.execute(tx)
        for (const { slot, part, looks, degraded, away } of writing)
          await sql`
            insert into platform.status_history (slot, part, looks, degraded, away)
            values (${slot}, ${part}, ${looks}, ${degraded}, ${away})
            on conflict (slot, part) do update set looks = status_history.looks + excluded.looks,
              degraded = status_history.degraded + excluded.degraded, away = status_history.away + excluded.away`.execute(
            tx
          )
      })
    } catch {
      unwritten = addLooks([...writing, ...unwritten])
    }
  }

  return {
    look,
    start: () => {
      void look()
      timer = setInterval(() => void look(), LOOK_EVERY_MS)
      timer.unref()
    },
    read: async () => {
      const now = clock.now()
      const { rows } = await inInstallation(database, (tx) =>
        sql<Looks>`
          select slot, part, looks, degraded, away from platform.status_history
          where slot >= ${historyFrom(now)} order by part, slot`.execute(tx)
      )
      return historyOf(rows, now)
    },
    close: () => clearInterval(timer)
  }
}
