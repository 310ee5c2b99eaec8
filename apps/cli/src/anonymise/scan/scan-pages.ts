import type { Connection } from '@lyceum/platform/copy-mark'
import type { Findings } from './finding.ts'
import type { Needles } from './needles.ts'

const PIECE = 4 * 1024 ** 2
/** Longer than whatever is looked for. */
const OVERLAP = 512
const SEGMENT = 1024 ** 3

/** Tables, their indexes and what was moved out of them, with the files they lie in; and those of PostgreSQL that hold values. */
const FILES = `
  select coalesce(class.oid::regclass::text, class.relname) as place, pg_relation_filepath(class.oid) as path,
    pg_relation_size(class.oid)::float8 as size
  from pg_class class join pg_namespace space on space.oid = relnamespace
  where pg_relation_filepath(class.oid) is not null and relkind in ('r', 'i', 't', 'm')
    and (space.nspname not in ('pg_catalog', 'information_schema') or class.relname in ('pg_statistic', 'pg_statistic_ext_data'))
    and not relisshared
  union all
  select 'pg_wal', 'pg_wal/' || name, size::float8 from pg_ls_waldir()`

/**
 * Looks through the files of the database as they lie on the disk of its server: rows that were replaced or deleted, and the log of
 * what was written, are no rows any more and still there for whoever takes the disk.
 * @returns false where this role may not read files of the server
 */
export async function scanPages(connection: Connection, needles: Needles, findings: Findings): Promise<boolean> {
  const { rows: may } = await connection.query<{ may: boolean }>(
    `select rolsuper as may from pg_roles where rolname = current_user`
  )
  if (!may[0]?.may) return false
  const { rows } = await connection.query<{ place: string; path: string; size: number }>(FILES)
  for (const { place, path, size } of rows) {
    let found = 0
    for (let at = 0; at < size; at += PIECE) {
      const segment = Math.floor(at / SEGMENT)
      const file = segment === 0 ? path : `${path}.${segment}`
      const { rows: read } = await connection.query<{ bytes: Buffer | null }>(
        'select pg_read_binary_file($1, $2::bigint, $3::bigint, true) as bytes',
        [file, at % SEGMENT, PIECE + OVERLAP]
      )
      found += needles.findRaw((read[0]?.bytes ?? Buffer.alloc(0)).toString('latin1'))
    }
    if (found > 0) findings.note({ place, column: null, kind: 'page', count: found })
  }
  return true
}
