import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startPooler } from '../../platform/src/db/testing/pgbouncer.ts'
import {
  type PostgresServer,
  type Standby,
  startPostgres,
  startStandby
} from '../../platform/src/db/testing/postgres-server.ts'
import { startRabbit } from '../../platform/src/events/testing/rabbit-server.ts'
import { startRedis } from '../../platform/src/redis/testing/redis-server.ts'
import { APP_PASSWORD, makeSchool, type School, startFleet } from './fleet.ts'
import type { Ledger } from './ledger.ts'
import { PEOPLE, startLoad } from './load.ts'

export interface FaultResult {
  readonly name: string
  readonly requests: number
  /** Requests that a client saw fail, each of which counts, also where it was sent again. */
  readonly errors: number
  /** From the fault to the end of the last second with an error; 0 when there was none. */
  readonly recoverSeconds: number
  readonly acknowledged: number
  /** Of these, what was not there in the end, with all that follows from it. */
  readonly lost: number
  /** What was there twice, although it was sent again. */
  readonly doubled: number
  /** Reads that did not show what the same person had just written. */
  readonly stale: number
}

interface Fault {
  readonly name: string
  /** Returns when everything that was stopped is there again. */
  readonly happen: () => Promise<void>
}

const BEFORE_MS = 3_000
const AWAY_MS = 5_000
const QUIET_MS = 5_000
const MOST_MS = 120_000

/**
 * Takes one part after the other away from a running installation of many processes, under a load of reads and writes that
 * are sent again with their idempotency key, and reads back everything for which there was a receipt. The database is a
 * primary with a synchronous standby that also answers reads.
 */
export async function run(tell: (line: string) => void): Promise<object> {
  tell('Starting PostgreSQL with a standby, Redis and RabbitMQ…')
  const primary = await startPostgres()
  const opened: { close(): Promise<void> }[] = [primary]
  try {
    await primary.query('create database lyceum')
    const standby = await startStandby(primary, 'second')
    opened.push(standby)
    await primary.query(`alter system set synchronous_standby_names = 'second'`)
    await primary.query('select pg_reload_conf()')
    const faults = [...(await withBoth(primary, standby, opened, tell)), ...(await withPooler(standby, opened, tell))]
    tell(tableOf(faults))
    return { faults }
  } finally {
    for (const one of opened.reverse()) await one.close()
  }
}

async function withBoth(
  primary: PostgresServer,
  standby: Standby,
  opened: { close(): Promise<void> }[],
  tell: (line: string) => void
): Promise<FaultResult[]> {
  const [redis, rabbit] = [await startRedis(), await startRabbit()]
  opened.push(redis, rabbit)
  const fleet = await startFleet(
    {
      DATABASE_URL: `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/lyceum`,
      DATABASE_REPLICA_URL: [standby, primary].map(({ port }) => `postgres://127.0.0.1:${port}/lyceum`).join(','),
      REDIS_URL: redis.url,
      RABBITMQ_URL: rabbit.url
    },
    tell
  )
  try {
    const school = await makeSchool(lyceumAt(primary), PEOPLE)
    const away = async (server: { kill(): Promise<void>; start(): Promise<void> }) => {
      await server.kill()
      await sleep(AWAY_MS)
      await server.start()
    }
    return [
      await measure({ name: 'redis stopped', happen: () => away(redis) }, fleet.url, school, primary, tell),
      await measure({ name: 'rabbitmq stopped', happen: () => away(rabbit) }, fleet.url, school, primary, tell),
      await measure(
        {
          name: 'primary killed',
          happen: async () => {
            await primary.kill()
            await standby.promote()
          }
        },
        fleet.url,
        school,
        standby,
        tell
      )
    ]
  } finally {
    await fleet.stop()
  }
}

async function withPooler(
  server: PostgresServer,
  opened: { close(): Promise<void> }[],
  tell: (line: string) => void
): Promise<FaultResult[]> {
  const pooler = await startPooler({
    host: '127.0.0.1',
    port: server.port,
    users: { lyceum_app: APP_PASSWORD },
    poolSize: 10
  })
  opened.push(pooler)
  const fleet = await startFleet(
    {
      DATABASE_URL: `postgres://postgres@127.0.0.1:${pooler.port}/lyceum`,
      DATABASE_DIRECT_URL: lyceumAt(server),
      // Debian 12 has 1.18, which cannot follow named statements.
      DATABASE_PREPARE: 'false'
    },
    tell
  )
  try {
    const restart = async () => {
      await pooler.kill()
      await pooler.start()
    }
    const school = await makeSchool(lyceumAt(server), PEOPLE)
    return [await measure({ name: 'pgbouncer restarted', happen: restart }, fleet.url, school, server, tell)]
  } finally {
    await fleet.stop()
  }
}

const lyceumAt = ({ url }: PostgresServer): string => url.replace(/postgres$/, 'lyceum')

/** @param left the server that has the truth afterwards */
async function measure(
  fault: Fault,
  url: string,
  school: School,
  left: PostgresServer,
  tell: (line: string) => void
): Promise<FaultResult> {
  tell(`${fault.name}…`)
  const load = await startLoad(url, school)
  const { ledger } = load
  await sleep(BEFORE_MS)
  const [early] = ledger.failures
  if (early) {
    load.giveUp()
    throw new Error(`Failed before anything happened: ${early.why}`)
  }
  const since = performance.now()
  await fault.happen()
  const lastTrouble = () => ledger.failures.at(-1)?.at ?? since
  while (performance.now() - Math.max(lastTrouble(), since) < QUIET_MS && performance.now() - since < MOST_MS)
    await sleep(100)
  await load.stop()
  for (const why of new Set(ledger.failures.map((failure) => failure.why.replace(/"requestId":"[^"]*"/, ''))))
    tell(`  ${why}`)
  const { lost, doubled } = await readBack(lyceumAt(left), school, ledger)
  const result: FaultResult = {
    name: fault.name,
    requests: ledger.answers + ledger.failures.length,
    errors: ledger.failures.length,
    recoverSeconds: ledger.failures.length === 0 ? 0 : Math.ceil((lastTrouble() - since) / 1000),
    acknowledged: ledger.courses.length + ledger.enrolled.length,
    lost,
    doubled,
    stale: ledger.stale
  }
  tell(`  ${JSON.stringify(result)}`)
  return result
}

/** Whoever was enrolled is also told so, which goes by an event. */
async function readBack(
  ownerUrl: string,
  { tenantId }: School,
  { courses, enrolled }: Ledger
): Promise<{ lost: number; doubled: number }> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const count = async (sql: string): Promise<Map<string, number>> => {
      const { rows } = await client.query<{ what: string; count: number }>(sql, [tenantId])
      return new Map(rows.map((row) => [row.what, row.count]))
    }
    const titles = await count(
      `select title as what, count(*)::int as count from course.course where tenant_id = $1 group by 1`
    )
    const seats = await count(
      `select email as what, count(*)::int as count from course.enrolment join course.person using (tenant_id, user_id)
       where tenant_id = $1 and role = 'learner' group by 1`
    )
    const told = () =>
      count(
        `select email as what, count(*)::int as count from notification.notification
         join "user".person on person.tenant_id = notification.tenant_id and person.id = user_id
         where notification.tenant_id = $1 and kind = 'enrolled' group by 1`
      )
    const until = performance.now() + MOST_MS
    let notices = await told()
    while (enrolled.some((email) => !notices.has(email)) && performance.now() < until) {
      await sleep(500)
      notices = await told()
    }
    const kept: readonly (readonly [readonly string[], Map<string, number>])[] = [
      [courses, titles],
      [enrolled, seats],
      [enrolled, notices]
    ]
    return {
      lost: kept.reduce((sum, [names, found]) => sum + names.filter((name) => !found.has(name)).length, 0),
      doubled: kept.reduce((sum, [names, found]) => sum + names.filter((name) => (found.get(name) ?? 0) > 1).length, 0)
    }
  } finally {
    await client.end()
  }
}

function tableOf(faults: readonly FaultResult[]): string {
  const columns = ['name', 'requests', 'errors', 'recoverSeconds', 'acknowledged', 'lost', 'doubled', 'stale'] as const
  const head = ['fault', 'requests', 'errors', 'recovered after s', 'acknowledged', 'lost', 'twice', 'stale reads']
  const rows = [head, ...faults.map((fault) => columns.map((column) => String(fault[column])))]
  const widths = head.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')
    )
    .join('\n')
}
