import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFolder, findRunningPostgres } from '@lyceum/platform/embedded-postgres'
import pg from 'pg'
import type { Machine, Product } from './machine.ts'

/** What `psql` and a where-clause that somebody forgot do. */
const BAD_STATEMENTS = [`update course.course set title = 'undefined'`, 'delete from course.enrolment']

/** PostgreSQL is killed, and its data folder is gone. */
export async function loseDatabase({ home }: Product): Promise<void> {
  const running = await findRunningPostgres(home)
  if (running) process.kill(running.pid, 'SIGKILL')
  // Lyceum tries to start it again, and may write while the folder goes.
  for (let attempt = 0; attempt < 3; attempt++) {
    rmSync(dataFolder(home), { recursive: true, force: true, maxRetries: 10 })
    await sleep(200)
  }
}

/** Every process is killed, and home and settings are gone; what is left is the repository, and the key in the safe. */
export async function loseEverything(machine: Machine, { home }: Product): Promise<void> {
  const running = await findRunningPostgres(home)
  await machine.kill()
  if (running) process.kill(running.pid, 'SIGKILL')
  machine.wipe()
}

/** A bad statement changes and deletes rows of every school. @returns how many */
export const corruptData = ({ ownerUrl }: Product): Promise<number> =>
  withOwner(ownerUrl, async (client) => {
    let hit = 0
    for (const statement of BAD_STATEMENTS) hit += (await client.query(statement)).rowCount ?? 0
    return hit
  })

/** An instant by the clock of the database, after everything that was written and before everything that will be. */
export const instantBetween = ({ ownerUrl }: Product): Promise<Date> =>
  withOwner(ownerUrl, async (client) => {
    const { rows } = await client.query<{ now: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as now, pg_sleep(0.05)'
    )
    // Instants are given in whole milliseconds.
    const instant = new Date(Math.ceil(rows[0]?.now ?? Date.now()) + 1)
    return instant
  })

/** Waits until what is written now is in the repository, as it would be by itself. @throws where it does not come */
export const untilArchived = ({ ownerUrl }: Product, withinMs: number): Promise<void> =>
  withOwner(ownerUrl, async (client) => {
    const [now] = (await client.query<{ file: string }>('select pg_walfile_name(pg_current_wal_insert_lsn()) as file'))
      .rows
    const until = performance.now() + withinMs
    while (performance.now() < until) {
      const { rows } = await client.query<{ there: boolean }>(
        'select coalesce(last_archived_wal >= $1, false) as there from pg_stat_archiver',
        [now?.file ?? '']
      )
      if (rows[0]?.there) return
      await sleep(200)
    }
    throw new Error(
      `What was written did not come into the repository within ${Math.round(withinMs / 1000)} s: lyceum backup check`
    )
  })

async function withOwner<Answer>(ownerUrl: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum drill' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
