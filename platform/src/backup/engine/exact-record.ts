import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { ExactRecord, TableRecord } from '../set/set.ts'

/** A moment in which nobody writes is awaited so long; after that the set goes without a record. */
const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 3

/** Rows as text must look the same wherever they are read. */
const SAME_TEXT = `set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601';
  set local extra_float_digits = 1; set local bytea_output = 'hex'; set local statement_timeout = 0; set local search_path = pg_catalog`

const TABLES = `select format('%I.%I', nspname, relname) as name
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind = 'r' and relpersistence = 'p' and nspname not in ('pg_catalog', 'information_schema') order by 1`

/** Everything that makes a schema, as text that is the same for the same schema. */
const SCHEMA = `
  select format('%I.%I %s %I %s %s %s', nspname, relname, relkind, attname, format_type(atttypid, atttypmod), attnotnull,
    pg_get_expr(adbin, adrelid)) as line
  from pg_attribute join pg_class on pg_class.oid = attrelid join pg_namespace on pg_namespace.oid = relnamespace
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attnum > 0 and not attisdropped and relkind in ('r', 'v', 'm', 'p', 'S') and nspname not like 'pg\\_%' and nspname <> 'information_schema'
  union all
  select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
  from pg_constraint join pg_namespace on pg_namespace.oid = connamespace where nspname not like 'pg\\_%' and nspname <> 'information_schema'
  union all
  select format('index %s', indexdef) from pg_indexes where schemaname not like 'pg\\_%'
  union all
  select format('policy %s.%s %s %s %s %s %s', schemaname, tablename, policyname, roles, cmd, qual, with_check) from pg_policies
  union all
  select format('function %s', pg_get_functiondef(pg_proc.oid)) from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
  where nspname not like 'pg\\_%' and nspname <> 'information_schema' and prokind in ('f', 'p')
  union all
  select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
  order by 1`

export interface ExactPoint {
  readonly name: string
  readonly lsn: string
  readonly at: string
  /** Null where writing never paused. */
  readonly record: ExactRecord | null
}

/**
 * Names a moment and writes down what was in the database then, so that a copy restored to that moment can be compared.
 * @param prefix of the name of the restore point
 */
export async function recordExactPoint(url: string, prefix: string, patienceMs = PATIENCE_MS): Promise<ExactPoint> {
  const [reader, namer] = await Promise.all([connect(url), connect(url)])
  try {
    const deadline = performance.now() + patienceMs
    for (let attempt = 1; performance.now() < deadline; ) {
      await reader.query('begin isolation level repeatable read, read only')
      const before = await quietSnapshot(reader)
      if (before !== undefined) {
        const point = await nameMoment(namer, `${prefix}-${attempt++}`)
        // Whoever had begun to write in between would have moved the snapshot on.
        if ((await quietSnapshot(namer)) === before) return { ...point, record: await readRecord(reader) }
      }
      await reader.query('rollback')
      await sleep(LOOK_EVERY_MS + Math.random() * LOOK_EVERY_MS)
    }
    return { ...(await nameMoment(namer, `${prefix}-0`)), record: null }
  } finally {
    await Promise.all([reader.end(), namer.end()])
  }
}

/** What is in a database now. */
export async function readExactRecord(url: string): Promise<ExactRecord> {
  const client = await connect(url)
  try {
    await client.query('begin isolation level repeatable read, read only')
    return await readRecord(client)
  } finally {
    await client.end()
  }
}

/** In words, what a copy has otherwise than the record says; nothing where they are the same. */
export function differences(record: ExactRecord, found: ExactRecord): string[] {
  const there = new Map(found.tables.map((table) => [table.table, table]))
  const known = new Set(record.tables.map(({ table }) => table))
  return [
    ...(record.schemaFingerprint === found.schemaFingerprint ? [] : ['the schema is another']),
    ...record.tables.flatMap(({ table, rows, checksum }) => {
      const copy = there.get(table)
      if (copy === undefined) return [`${table} is missing`]
      if (copy.rows !== rows) return [`${table} has ${copy.rows} rows instead of ${rows}`]
      return copy.checksum === checksum ? [] : [`${table} has other rows`]
    }),
    ...found.tables.filter(({ table }) => !known.has(table)).map(({ table }) => `${table} is new`)
  ]
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'lyceum backup' })
  // Without a listener, a server that ends now would end this process.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** The next transaction to come, where none is under way. */
async function quietSnapshot(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ xmin: string; xmax: string }>(
    `select pg_snapshot_xmin(snapshot)::text as xmin, pg_snapshot_xmax(snapshot)::text as xmax from pg_current_snapshot() snapshot`
  )
  const [row] = rows
  return row !== undefined && row.xmin === row.xmax ? row.xmin : undefined
}

async function nameMoment(client: pg.Client, name: string): Promise<{ name: string; lsn: string; at: string }> {
  const { rows } = await client.query<{ lsn: string; at: string }>(
    `select pg_create_restore_point($1)::text as lsn, ${asText('clock_timestamp()')} as at`,
    [name]
  )
  const [row] = rows
  if (row === undefined) throw new Error('PostgreSQL named no restore point')
  return { name, lsn: row.lsn, at: row.at }
}

async function readRecord(client: pg.Client): Promise<ExactRecord> {
  await client.query(SAME_TEXT)
  const hash = createHash('sha256')
  const schema = await client.query<{ line: string }>(SCHEMA)
  for (const { line } of schema.rows) hash.update(`${line}\n`)
  const names = await client.query<{ name: string }>(TABLES)
  const tables: TableRecord[] = []
  for (const { name } of names.rows) {
    const { rows } = await client.query<{ rows: string; checksum: string }>(
      `select count(*)::text as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as checksum from only ${name} t`
    )
    tables.push({ table: name, rows: Number(rows[0]?.rows), checksum: rows[0]?.checksum ?? '' })
  }
  return { schemaFingerprint: hash.digest('hex'), tables }
}

/** An instant as ISO 8601: connections of different parts of the product read times differently. */
export const asText = (expression: string): string =>
  `to_char(${expression} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
