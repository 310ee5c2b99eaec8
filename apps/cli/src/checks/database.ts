import { findRunningPostgres } from '@lyceum/platform/embedded-postgres'
import { migrationStatus } from '@lyceum/platform/migrate'
import { connectionsFor, connectionsOf, poolSizeFor, ROOM, type Room } from '@lyceum/platform/pool-size'
import { findPrimary } from '@lyceum/platform/primary'
import { allMigrations } from '@lyceum/server/migrations'
import { fleetOf } from '@lyceum/server/surroundings'
import pg from 'pg'
import { type Check, type Finding, fault, note, ok, type Place, skipped } from './check.ts'

const OLDEST = 14
/** More, and sign-ins expire early and links live too long or too short. */
const MOST_SECONDS_APART = 5

/** Where the database can be asked without starting anything. */
export async function ownerUrl({ config, home }: Place): Promise<string | undefined> {
  if (config.DATABASE_URL) {
    const primary = await findPrimary(config.DATABASE_DIRECT_URL ?? config.DATABASE_URL)
    primary.close()
    return primary.url
  }
  const running = await findRunningPostgres(home)
  if (!running) return undefined
  const url = new URL(running.url)
  url.pathname = '/lyceum'
  return url.href
}

/** Looks into the database as its owner; what goes wrong is found, and said. */
export async function lookInDatabase(place: Place, look: (client: pg.Client) => Promise<Finding>): Promise<Finding> {
  const url = await ownerUrl(place)
  if (url === undefined) return skipped('the embedded database is not running')
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  try {
    await client.connect()
    return await look(client)
  } catch (error) {
    return fault(
      error instanceof Error ? error.message || String(error) : String(error),
      'Check DATABASE_URL, that the server runs, and that it lets this machine in.'
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Judges the one row that a question has for an answer. */
export const asked = <Row extends pg.QueryResultRow>(
  place: Place,
  sql: string,
  judge: (row: Row) => Finding
): Promise<Finding> =>
  lookInDatabase(place, async (client) => {
    const [row] = (await client.query<Row>(sql)).rows
    return row ? judge(row) : fault('no answer', 'Look at the log of the database.')
  })

export const databaseVersion: Check = {
  what: 'database',
  check: (place) =>
    asked<{ version: number; text: string }>(
      place,
      `select current_setting('server_version_num')::int / 10000 as version, current_setting('server_version') as text`,
      ({ version, text }) =>
        version >= OLDEST
          ? ok(`PostgreSQL ${text} answers`)
          : fault(`PostgreSQL ${text} is too old`, `Lyceum needs PostgreSQL ${OLDEST} or newer.`)
    )
}

/** Whether all processes may hold what they are allowed to at the same time. */
export const connections: Check = {
  what: 'database connections',
  check: (place) =>
    asked<Room>(place, ROOM, (room) => {
      const { config } = place
      const fleet = fleetOf(config)
      const poolSize = config.DATABASE_POOL ?? poolSizeFor(room, fleet)
      const [needed, there] = [connectionsOf(poolSize, fleet), connectionsFor(room)]
      const processes = fleet.processes === 1 ? 'one process' : `${fleet.processes} processes`
      if (needed <= there)
        return ok(`${processes} with up to ${poolSize} each for requests: ${needed} of ${there} in all`)
      const fits = poolSizeFor(room, fleet)
      return fault(
        `${processes} may want ${needed} connections, and the server has ${there} for them`,
        config.DATABASE_POOL !== null && connectionsOf(fits, fleet) <= there
          ? `Set DATABASE_POOL to ${fits}, or leave it out.`
          : `Raise max_connections to at least ${needed + room.maxConnections - there}, or put PgBouncer in between (DATABASE_DIRECT_URL).`
      )
    })
}

export const databaseRoles: Check = {
  what: 'fence between schools',
  check: (place) =>
    asked<{ known: boolean; unfenced: boolean }>(
      place,
      `select count(*) > 0 as known, coalesce(bool_or(rolsuper or rolbypassrls), false) as unfenced
       from pg_roles where rolname in ('lyceum_app', 'lyceum_jobs')`,
      ({ known, unfenced }) => {
        if (!known) return skipped('the logins are made with the schema')
        return unfenced
          ? fault(
              'lyceum_app or lyceum_jobs may bypass row-level security: schools could read each other',
              'alter role lyceum_app nosuperuser nobypassrls; alter role lyceum_jobs nosuperuser nobypassrls;'
            )
          : ok('the logins of the product cannot bypass row-level security')
      }
    )
}

export const clock: Check = {
  what: 'clock',
  check: (place) =>
    asked<{ seconds: number }>(
      place,
      `select extract(epoch from clock_timestamp())::float8 as seconds`,
      ({ seconds }) => {
        const apart = Math.abs(Date.now() / 1000 - seconds)
        return apart <= MOST_SECONDS_APART
          ? ok('this machine and the database agree')
          : fault(
              `this machine and the database are ${Math.round(apart)} seconds apart`,
              'Set both clocks by NTP (timedatectl set-ntp true).'
            )
      }
    )
}

export const schema: Check = {
  what: 'schema',
  check: async (place) => {
    const url = await ownerUrl(place)
    if (url === undefined) return skipped('the embedded database is not running')
    try {
      const { pending, foreign, applied, invalidIndexes } = await migrationStatus({
        ownerUrl: url,
        migrations: allMigrations()
      })
      const [first] = foreign
      if (first) return fault(`${first.module}/${first.name} ${first.why}`, 'Start the release it belongs to.')
      const adding = pending.filter(({ phase }) => phase !== 'contract')
      if (adding.length > 0) return fault(`${adding.length} migrations are pending`, 'Run “lyceum migrate up”.')
      if (invalidIndexes.length > 0)
        return fault(
          `indexes whose build was broken off: ${invalidIndexes.join(', ')}`,
          'They slow every write down and help nobody: “drop index concurrently <name>”, then build them again.'
        )
      return pending.length === 0
        ? ok(`${applied.length} migrations, none pending`)
        : note(
            `${pending.length} migrations of phase contract wait until nobody goes back to the release before`,
            'Then run “lyceum migrate contract”.'
          )
    } catch (error) {
      return fault(error instanceof Error ? error.message : String(error), 'See the check of the database.')
    }
  }
}
