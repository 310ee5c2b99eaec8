import type pg from 'pg'
import { BackupError } from '../backup-error.ts'
import { name, names, type PartTable, same } from './part-table.ts'

/** Bytes that a batch of rows is to have, more or less: pages are large, and visits are small. */
const BATCH_BYTES = 4 * 1024 * 1024
const MOST_ROWS = 5_000

/** Rows as text must be read as they were written. */
const SAME_TEXT = `set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601';
  set local extra_float_digits = 1; set local bytea_output = 'hex'; set local statement_timeout = 0`

/** Rows that came with somebody or something that is not there any more. */
export interface LeftBehind {
  readonly table: string
  /** Of the table that was named in `needs`. */
  readonly missing: string
  readonly ids: readonly string[]
  readonly rows: number
}

export interface TablePlan {
  readonly table: string
  /** Rows that come back, go back to how they were, go away (into the bin, where there is one), and stay as they are. */
  readonly add: number
  readonly change: number
  readonly remove: number
  readonly keep: number
  /** What goes away is in the bin afterwards. */
  readonly binned: boolean
  /** Some of what goes away, as people call it. */
  readonly removed: readonly string[]
}

export interface PartPlan {
  /** Whether the part itself is not there any more. */
  readonly gone: boolean
  readonly tables: readonly TablePlan[]
  readonly left: readonly LeftBehind[]
  /** Objects in storage that rows of the part name. */
  readonly files: readonly string[]
}

/**
 * Brings the rows of a part, as they were, into temporary tables of the transaction that `live` is in. Changes nothing, and keeps nobody waiting.
 * @param copy in which the part is as it is to be
 */
export async function stageRows(live: pg.ClientBase, copy: pg.ClientBase, tables: readonly PartTable[]): Promise<void> {
  await live.query(SAME_TEXT)
  await copy.query('begin isolation level repeatable read, read only')
  try {
    await copy.query(SAME_TEXT)
    for (const table of tables) await stageTable(live, copy, table)
  } finally {
    await copy.query('rollback')
  }
}

async function stageTable(live: pg.ClientBase, copy: pg.ClientBase, table: PartTable): Promise<void> {
  const { relation, rule, rows } = table
  const columns = relation.columns.map((column) => column.name)
  await live.query(
    `create temp table ${unqualified(rows)} on commit drop as select ${names(columns)} from ${table.name} with no data`
  )
  const asTheyWere = columns
    .map((column) => {
      const other = rule.as?.[column]
      return other === undefined ? name(column) : `(${other}) as ${name(column)}`
    })
    .join(', ')
  await copy.query(
    `declare part no scroll cursor for select row_to_json(part)::text as line from (select ${asTheyWere} from ${table.name} where ${table.belongs}) part`
  )
  let batch = 50
  for (;;) {
    const { rows: read } = await copy.query<{ line: string }>(`fetch ${batch} from part`)
    if (read.length === 0) break
    const lines = read.map(({ line }) => line)
    await live.query(`insert into ${rows} select * from json_populate_recordset(null::${rows}, $1::json)`, [
      `[${lines.join(',')}]`
    ])
    const bytes = lines.reduce((sum, line) => sum + line.length, 0) / lines.length
    batch = Math.max(1, Math.min(MOST_ROWS, Math.floor(BATCH_BYTES / bytes)))
  }
  await copy.query('close part')
  await live.query(`create unique index on ${rows} (${names(relation.key)})`)
  await live.query(`analyze ${rows}`)
}

/** Says of every row what becomes of it, and counts. */
export async function planRows(live: pg.ClientBase, tables: readonly PartTable[]): Promise<PartPlan> {
  const left: LeftBehind[] = []
  const plans: TablePlan[] = []
  let gone = false
  for (const table of tables) {
    if (table.how === 'with-it' && !gone) await live.query(`delete from ${table.rows}`)
    await leaveWithout(live, tables, table)
    left.push(...(await leaveBehind(live, table)))
    await live.query(`create temp table ${unqualified(table.acts)} on commit drop as ${actsOf(table)}`)
    await live.query(`create unique index on ${table.acts} (${names(table.relation.key)})`)
    await live.query(`analyze ${table.acts}`)
    if (table.how === 'root') gone = (await isGone(live, table)) || gone
    plans.push(await countActs(live, table))
  }
  return { gone, tables: plans, left, files: await filesOf(live, tables) }
}

/** Rows of a table that come with others only stay away where those are there. */
async function leaveWithout(live: pg.ClientBase, tables: readonly PartTable[], table: PartTable): Promise<void> {
  const { rule, rows, of } = table
  if (rule.with === undefined || of !== null) return
  const { table: wanted, columns } = rule.with
  const other = tables.find((one) => one.name === wanted)
  if (other === undefined) throw new Error(`${table.name} comes with ${wanted}, which does not come back`)
  const on = Object.entries(columns).map(([own, theirs]) => `other.${name(theirs)} = part.${name(own)}`)
  await live.query(
    `delete from ${rows} part where not exists (select from ${other.acts} other where other.act = 'add' and ${on.join(' and ')})`
  )
}

async function leaveBehind(live: pg.ClientBase, { of, rows, name: table }: PartTable): Promise<LeftBehind[]> {
  if (of?.needs === undefined) return []
  const { table: missing, columns } = of.needs
  const on = Object.entries(columns).map(([own, theirs]) => `other.${name(theirs)} = part.${name(own)}`)
  const [who] = Object.keys(columns).slice(-1)
  if (who === undefined) throw new Error(`${table} does not say by what it needs ${missing}`)
  const { rows: found } = await live.query<{ id: string; rows: number }>(
    `with gone as (
       delete from ${rows} part where not exists (select from ${missing} other where ${on.join(' and ')}) returning part.${name(who)}::text as id
     )
     select id, count(*)::int as rows from gone group by 1 order by 1`
  )
  if (found.length === 0) return []
  return [{ table, missing, ids: found.map(({ id }) => id), rows: found.reduce((sum, one) => sum + one.rows, 0) }]
}

/** A row of the part, one that was, or both, and what becomes of it. */
function actsOf({ name: table, relation, rule, rows, how, of, belongs }: PartTable): string {
  const { key } = relation
  const ignored = new Set([...key, ...(rule.keeps ?? []), ...(rule.counts ?? [])])
  const compared = relation.columns.filter((column) => !ignored.has(column.name))
  const values = (of: string) =>
    `row(${compared.map(({ name: column, type }) => `${of}.${name(column)}${type === 'json' ? '::text' : ''}`).join(', ')})`
  const changes = compared.length === 0 ? 'false' : `${values('part')} is distinct from ${values('there')}`
  const isAdding = how === 'missing' || how === 'with-it'
  // A row that came since stays, unless everything of this table goes back.
  const there = how === 'back' ? belongs : `(${names(key)}) in (select ${names(key)} from ${rows})`
  const bin =
    of?.bin === undefined ? '' : `when part.${first(key)} is null and there.${name(of.bin)} is not null then 'same'`
  return `
    select ${key.map((column) => `coalesce(part.${name(column)}, there.${name(column)}) as ${name(column)}`).join(', ')},${rule.file === undefined ? '' : ` there.${name(rule.file.column)} as file,`}
      case
        when there.${first(key)} is null then 'add'
        ${bin}
        when part.${first(key)} is null then 'remove'
        when ${isAdding ? 'false' : changes} then 'change'
        else 'same'
      end as act
    from ${rows} part full join (select * from ${table} where ${there}) there on ${same(key, 'part', 'there')}`
}

async function isGone(live: pg.ClientBase, { acts, name: table }: PartTable): Promise<boolean> {
  const { rows } = await live.query<{ act: string }>(`select act from ${acts}`)
  const [root] = rows
  if (root === undefined || root.act === 'remove')
    throw new BackupError(
      'backup.no-part',
      `It was not in ${table} at that moment. Choose a later one: lyceum backup list`,
      'refused'
    )
  return root.act === 'add'
}

async function countActs(live: pg.ClientBase, table: PartTable): Promise<TablePlan> {
  const { acts, relation, rule, of, name: known, how, belongs } = table
  const { rows } = await live.query<{ act: string; count: number }>(
    `select act, count(*)::int as count from ${acts} group by 1`
  )
  const count = (act: string) => rows.find((row) => row.act === act)?.count ?? 0
  const removed =
    rule.called === undefined || count('remove') === 0
      ? []
      : (
          await live.query<{ called: string }>(
            `select (${rule.called})::text as called from ${known} natural join (select ${names(relation.key)} from ${acts} where act = 'remove') gone order by 1 limit 20`
          )
        ).rows.map(({ called }) => called)
  const there =
    how === 'with-it' || how === 'missing'
      ? ((await live.query<{ count: number }>(`select count(*)::int as count from ${known} where ${belongs}`)).rows[0]
          ?.count ?? 0)
      : count('same')
  return {
    table: known,
    add: count('add'),
    change: count('change'),
    remove: count('remove'),
    keep: there,
    binned: of?.bin !== undefined,
    removed
  }
}

async function filesOf(live: pg.ClientBase, tables: readonly PartTable[]): Promise<string[]> {
  const files: string[] = []
  for (const { rows, rule } of tables) {
    if (rule.file === undefined) continue
    const { column, where } = rule.file
    const { rows: found } = await live.query<{ key: string }>(
      `select distinct ${name(column)} as key from ${rows} where ${name(column)} is not null and (${where}) order by 1`
    )
    files.push(...found.map(({ key }) => key))
  }
  return files
}

const unqualified = (temporary: string): string => temporary.replace('pg_temp.', '')
const first = (key: readonly string[]): string => name(key[0] ?? '')
