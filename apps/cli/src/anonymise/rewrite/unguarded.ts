import type { Connection } from '@lyceum/platform/copy-mark'
import pg from 'pg'

interface ForeignKey {
  readonly table: string
  readonly name: string
  readonly definition: string
}

interface Trigger {
  readonly table: string
  readonly name: string
  /** As in `pg_trigger.tgenabled`. */
  readonly enabled: string
}

const OURS = `nspname not like 'pg\\_%' and nspname <> 'information_schema'`
const ENABLE: Readonly<Record<string, string>> = { O: 'enable', A: 'enable always', R: 'enable replica' }

/**
 * Takes away what stands between rows and another value, for as long as keys are replaced: links between tables, and triggers that let
 * nobody change a row. In the caller's transaction.
 * @returns puts all of it back as it was, and with the links proves that they still hold
 */
export async function unguard(connection: Connection): Promise<() => Promise<void>> {
  const { rows: links } = await connection.query<ForeignKey>(`
    select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(pg_constraint.oid) as definition
    from pg_constraint join pg_namespace space on space.oid = connamespace
    where contype = 'f' and ${OURS} order by 1, 2`)
  const { rows: triggers } = await connection.query<Trigger>(`
    select tgrelid::regclass::text as table, tgname as name, tgenabled::text as enabled
    from pg_trigger join pg_class on pg_class.oid = tgrelid join pg_namespace space on space.oid = relnamespace
    where not tgisinternal and tgenabled <> 'D' and ${OURS} order by 1, 2`)
  for (const { table, name } of triggers)
    await connection.query(`alter table ${table} disable trigger ${pg.escapeIdentifier(name)}`)
  for (const { table, name } of links)
    await connection.query(`alter table ${table} drop constraint ${pg.escapeIdentifier(name)}`)
  return async () => {
    for (const { table, name, definition } of links)
      await connection.query(`alter table ${table} add constraint ${pg.escapeIdentifier(name)} ${definition}`)
    for (const { table, name, enabled } of triggers)
      await connection.query(`alter table ${table} ${ENABLE[enabled] ?? 'enable'} trigger ${pg.escapeIdentifier(name)}`)
  }
}
