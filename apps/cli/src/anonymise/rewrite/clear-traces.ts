import { rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { CatalogTable } from '@lyceum/platform/catalog'
import type { Connection } from '@lyceum/platform/copy-mark'
import type { Storage } from '@lyceum/platform/storage'
import pg from 'pg'

/** What becomes of bytes that no row refers to any more. @returns how many objects went */
export async function clearStorage(connection: Connection, storage: Storage): Promise<number> {
  const { rows } = await connection.query<{ key: string }>(
    `select key from file.file where key is not null union select key from file.rendition where key is not null`
  )
  const wanted = new Set(rows.map(({ key }) => key))
  let gone = 0
  for await (const { key } of storage.list()) {
    if (wanted.has(key)) continue
    await storage.delete(key)
    gone++
  }
  const staged = (await storage.staging?.list('')) ?? []
  for (const { name } of staged) await storage.staging?.delete(name)
  return gone + staged.length
}

/** Uploads under way, bytes in passing, archived rows and what programs have written about people; the files of the database stay. */
export async function clearHome(home: string): Promise<void> {
  for (const folder of ['uploads', 'passing', 'archive', join('files', '.incoming')])
    await rm(join(home, folder), { recursive: true, force: true })
  // A server writes on into the file it has opened.
  await truncate(join(home, 'logs', 'postgres.log')).catch(() => undefined)
}

/**
 * Writes every table anew, so that rows which were replaced lie on no page, and makes PostgreSQL forget the values it knew.
 * @returns what this role may not do and somebody has to see to
 */
export async function clearDatabase(connection: Connection, catalog: readonly CatalogTable[]): Promise<string[]> {
  const undone: string[] = []
  const { rows: may } = await connection.query<{ may: boolean }>(
    'select rolsuper as may from pg_roles where rolname = current_user'
  )
  const isSuper = may[0]?.may === true
  await forgetStatistics(connection, catalog, isSuper)
  for (const { name } of catalog) await connection.query(`vacuum (full, analyze) ${name}`)
  try {
    await connection.query('vacuum full pg_catalog.pg_statistic')
    await connection.query('vacuum full pg_catalog.pg_statistic_ext_data')
  } catch {
    undone.push(
      'pages of pg_statistic that are no longer used (vacuum full pg_statistic, as the owner of the database)'
    )
  }
  const { rows: extensions } = await connection.query(`select from pg_extension where extname = 'pg_stat_statements'`)
  if (extensions.length > 0)
    await connection.query('select pg_stat_statements_reset()').catch(() => undone.push('pg_stat_statements_reset()'))
  if (isSuper) await clearLog(connection)
  else
    undone.push(
      'the write-ahead log of the server, which still holds what was replaced until its segments have been used again'
    )
  return undone
}

/** What was known of a table stays when it is empty: analysing it then changes nothing. */
async function forgetStatistics(
  connection: Connection,
  catalog: readonly CatalogTable[],
  isSuper: boolean
): Promise<void> {
  if (isSuper)
    return void (await connection.query('delete from pg_catalog.pg_statistic where starelid = any($1::regclass[])', [
      catalog.map(({ name }) => name)
    ]))
  for (const { name, columns } of catalog) {
    const { rows } = await connection.query(`select from ${name} limit 1`)
    if (rows.length > 0) continue
    // Columns that policies name cannot be changed; they hold ids, and the scan looks at them.
    for (const { name: column, type } of columns)
      await connection
        .query(`alter table ${name} alter column ${pg.escapeIdentifier(column)} type ${type}`)
        .catch(() => undefined)
  }
}

/** Uses up every segment of the write-ahead log that holds something old; segments are removed then and not written over. */
async function clearLog(connection: Connection): Promise<void> {
  const settings = { wal_recycle: 'off', min_wal_size: '32MB', wal_keep_size: '0' }
  for (const [name, value] of Object.entries(settings)) await connection.query(`alter system set ${name} = '${value}'`)
  await connection.query('select pg_reload_conf()')
  try {
    // Removes what was written; segments that lie ahead were renamed from old ones and still hold what those held.
    await connection.query('checkpoint')
    const { rows } = await connection.query<{ count: number }>(
      'select count(*)::int as count from pg_ls_waldir() where name > pg_walfile_name(pg_current_wal_insert_lsn())'
    )
    for (let segment = 0; segment <= (rows[0]?.count ?? 0); segment++) {
      await connection.query(`select pg_logical_emit_message(false, 'lyceum', '')`)
      await connection.query('select pg_switch_wal()')
    }
    await connection.query('checkpoint')
    await connection.query(`select pg_logical_emit_message(false, 'lyceum', '')`)
    await connection.query('select pg_switch_wal()')
    await connection.query('checkpoint')
  } finally {
    for (const name of Object.keys(settings)) await connection.query(`alter system reset ${name}`)
    await connection.query('select pg_reload_conf()')
  }
}
