import { sql } from 'kysely'
import type { Database } from './database.ts'
import { inInstallation } from './installation-transaction.ts'

/** Long enough to see a school year grow. */
const KEPT_DAYS = 400

/** Writes down how large every table is today; a second time on the same day replaces the first. */
export async function sampleTableSizes(database: Database, now: Date): Promise<void> {
  const day = now.toISOString().slice(0, 10)
  await inInstallation(database, async (tx) => {
    await sql`delete from platform.table_size where day < ${day}::date - ${KEPT_DAYS}::integer`.execute(tx)
    await sql`
      insert into platform.table_size (day, name, rows, bytes)
      select ${day}::date, format('%I.%I', space.nspname, class.relname), greatest(class.reltuples, 0)::bigint, pg_total_relation_size(class.oid)
      from pg_class class join pg_namespace space on space.oid = class.relnamespace
      where class.relkind = 'r' and space.nspname not like 'pg\\_%' and space.nspname <> 'information_schema'
      on conflict (day, name) do update set rows = excluded.rows, bytes = excluded.bytes`.execute(tx)
  })
}
