import { statfs } from 'node:fs/promises'
import { availableParallelism, loadavg, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { advise, findMissingIndexes, findUnusedIndexes, growthOf } from './advise.ts'
import type { IndexUse, MachineFacts, Report, ServerFacts, SlowQueries, TableUse } from './report.ts'

const OURS = `nspname not like 'pg\\_%' and nspname <> 'information_schema'`

/** Bytes of a page that hold rows, and what each row costs beside its values. */
const PAGE_ROOM = 8168
const ROW_COST = 28

export interface Asking {
  /** Folder on the disk that the database fills; null where it is on another machine. */
  readonly folder: string | null
  /** How long running queries are watched where PostgreSQL does not count them. */
  readonly watchSeconds: number
  readonly most: number
}

/** Everything the report says, asked of a database as its owner; changes nothing. */
export async function readReport(client: pg.Client, { folder, watchSeconds, most }: Asking): Promise<Report> {
  const server = await readServer(client)
  const slow = await readSlowQueries(client, watchSeconds, most)
  const tables = await readTables(client)
  const indexes = await readIndexes(client)
  const growth = growthOf(await readSamples(client))
  const machine = folder === null ? null : await readMachine(folder)
  return {
    server,
    slow,
    tables: tables.slice(0, most),
    missingIndexes: findMissingIndexes(tables, await readLinks(client), indexes),
    unusedIndexes: findUnusedIndexes(indexes, server.statisticsDays),
    growth: growth.slice(0, most),
    advice: advise(server, tables, growth, machine)
  }
}

async function readServer(client: pg.Client): Promise<ServerFacts> {
  const { rows } = await client.query<ServerFacts>(`
    select current_setting('server_version') as version,
      pg_database_size(current_database())::float8 as bytes,
      current_setting('max_connections')::int as "maxConnections",
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
      (select (setting::float8 * 8192) from pg_settings where name = 'shared_buffers') as "sharedBuffersBytes",
      (blks_hit::float8 / nullif(blks_hit + blks_read, 0)) as "hitRatio",
      temp_bytes::float8 as "temporaryBytes", deadlocks::int as deadlocks,
      extract(epoch from now() - coalesce(stats_reset, pg_postmaster_start_time()))::float8 / 86400 as "statisticsDays"
    from pg_stat_database where datname = current_database()`)
  const [server] = rows
  if (!server) throw new Error('The database says nothing about itself: connect as its owner.')
  return server
}

async function readSlowQueries(client: pg.Client, watchSeconds: number, most: number): Promise<SlowQueries> {
  const { rows: extension } = await client.query<{ space: string }>(
    `select extnamespace::regnamespace::text as space from pg_extension where extname = 'pg_stat_statements'`
  )
  const [found] = extension
  if (found) {
    const counted = await readCounted(client, found.space, most)
    if (counted) return counted
  }
  return watch(client, watchSeconds, most)
}

/** Undefined where the extension is there and its library is not. */
async function readCounted(client: pg.Client, space: string, most: number): Promise<SlowQueries | undefined> {
  try {
    const { rows } = await client.query<{ query: string; calls: number; meanMs: number; totalMs: number }>(
      `select query, calls::float8 as calls, mean_exec_time as "meanMs", total_exec_time as "totalMs"
       from ${space}.pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
       order by total_exec_time desc limit $1`,
      [most]
    )
    // As text: how instants are read depends on what else this process has loaded.
    const { rows: info } = await client.query<{ since: string }>(
      `select to_char(stats_reset at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since from ${space}.pg_stat_statements_info`
    )
    const queries = []
    for (const row of rows) queries.push({ ...row, query: oneLine(row.query), plan: await planOf(client, row.query) })
    return { source: 'pg_stat_statements', since: info[0]?.since ?? null, watchedSeconds: null, queries }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '55000') return undefined
    throw error
  }
}

/** Of a query with `$1` in place of its values, which PostgreSQL 16 and later can plan; what is not a question is left alone. */
async function planOf(client: pg.Client, query: string): Promise<string | null> {
  if (!/^\s*(?:select|with|update|delete|insert)\b/i.test(query)) return null
  await client.query('begin read only')
  try {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (generic_plan, costs off) ${query}`)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  } catch {
    return null
  } finally {
    await client.query('rollback')
  }
}

const LOOK_MS = 100

/** Looks again and again at what runs: short queries are missed, long ones are not. */
async function watch(client: pg.Client, seconds: number, most: number): Promise<SlowQueries> {
  const seen = new Map<string, { query: string; ms: number }>()
  for (let look = 0; look < (seconds * 1000) / LOOK_MS; look++) {
    const { rows } = await client.query<{ pid: number; started: string; query: string; ms: number }>(`
      select pid, query_start::text as started, query, extract(epoch from clock_timestamp() - query_start)::float8 * 1000 as ms
      from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid() and backend_type = 'client backend'`)
    for (const { pid, started, query, ms } of rows) seen.set(`${pid} ${started}`, { query: oneLine(query), ms })
    await sleep(LOOK_MS)
  }
  const queries = [...Map.groupBy(seen.values(), ({ query }) => query)]
    .map(([query, runs]) => {
      const totalMs = runs.reduce((sum, { ms }) => sum + ms, 0)
      return { query, calls: runs.length, meanMs: totalMs / runs.length, totalMs, plan: null }
    })
    .toSorted((one, other) => other.totalMs - one.totalMs)
  return { source: 'watched', since: null, watchedSeconds: seconds, queries: queries.slice(0, most) }
}

const oneLine = (query: string): string => query.replace(/\s+/g, ' ').trim().slice(0, 500)

async function readTables(client: pg.Client): Promise<TableUse[]> {
  const { rows } = await client.query<TableUse>(`
    select format('%I.%I', nspname, class.relname) as name, greatest(class.reltuples, 0)::float8 as rows,
      pg_total_relation_size(class.oid)::float8 as bytes, pg_indexes_size(class.oid)::float8 as "indexBytes",
      coalesce(seq_scan, 0)::float8 as "wholeReads", coalesce(seq_tup_read, 0)::float8 as "wholeRows", coalesce(n_dead_tup, 0)::float8 as "deadRows",
      greatest(0, pg_relation_size(class.oid) - ceil(greatest(class.reltuples, 0) * (${ROW_COST} + coalesce(width, 0)) / ${PAGE_ROOM}) * 8192)::float8 as "bloatBytes"
    from pg_class class join pg_namespace space on space.oid = class.relnamespace
    left join pg_stat_user_tables used on used.relid = class.oid
    left join (
      select schemaname, tablename, sum(avg_width * (1 - null_frac)) as width from pg_stats group by 1, 2
    ) widths on widths.schemaname = nspname and widths.tablename = class.relname
    where class.relkind = 'r' and ${OURS} order by 3 desc`)
  return rows
}

async function readIndexes(client: pg.Client): Promise<IndexUse[]> {
  const { rows } = await client.query<IndexUse>(`
    select format('%I.%I', nspname, class.relname) as name, format('%I.%I', nspname, owner.relname) as table,
      pg_relation_size(class.oid)::float8 as bytes, coalesce(idx_scan, 0)::float8 as scans, indisunique as unique, indisvalid as valid,
      indpred is not null or indexprs is not null as special,
      array(select attname::text from unnest(indkey::int2[]) with ordinality key(number, place)
        join pg_attribute on attrelid = indrelid and attnum = key.number order by place) as columns
    from pg_index join pg_class class on class.oid = indexrelid join pg_class owner on owner.oid = indrelid
    join pg_namespace space on space.oid = class.relnamespace
    left join pg_stat_user_indexes used on used.indexrelid = class.oid
    where ${OURS} order by 1`)
  return rows
}

async function readLinks(client: pg.Client): Promise<{ table: string; columns: string[] }[]> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(`
    select format('%I.%I', nspname, relname) as table,
      array(select attname::text from unnest(conkey) with ordinality key(number, place)
        join pg_attribute on attrelid = conrelid and attnum = key.number order by place) as columns
    from pg_constraint join pg_class on pg_class.oid = conrelid join pg_namespace space on space.oid = relnamespace
    where contype = 'f' and ${OURS} order by 1`)
  return rows
}

async function readSamples(client: pg.Client): Promise<{ name: string; day: string; bytes: number }[]> {
  const { rows: there } = await client.query<{ there: boolean }>(
    `select to_regclass('platform.table_size') is not null as there`
  )
  if (!there[0]?.there) return []
  const { rows } = await client.query<{ name: string; day: string; bytes: number }>(
    `select name, day::text as day, bytes::float8 as bytes from platform.table_size where day >= current_date - 30 order by table_size.day`
  )
  return rows
}

async function readMachine(folder: string): Promise<MachineFacts> {
  const disk = await statfs(folder)
  return {
    cores: availableParallelism(),
    load: loadavg()[1] ?? 0,
    memoryBytes: totalmem(),
    freeDiskBytes: disk.bavail * disk.bsize
  }
}
