import pg from 'pg'
import { BackupError } from '../backup-error.ts'
import { name, names, type PartTable, same } from './part-table.ts'

/** What counts up goes on from where it may have come since: nobody saves more than once a second. */
export interface Counting {
  readonly asOf: Date
  readonly now: Date
}

/** Writes what was planned: what goes away first, from the outside in; then, from the inside out, what changes and what comes back. */
export async function writeRows(live: pg.ClientBase, tables: readonly PartTable[], counting: Counting): Promise<void> {
  await refusingClashes(async () => {
    for (const table of tables.toReversed()) await takeAway(live, table, counting.now)
    for (const table of tables) {
      await changeBack(live, table)
      await bringBack(live, table, counting)
    }
    // Links that are looked at late are looked at here, where what is wrong can still be said.
    await live.query('set constraints all immediate')
  })
}

async function takeAway(live: pg.ClientBase, table: PartTable, now: Date): Promise<void> {
  const { name: known, relation, rule, acts, of } = table
  const gone = `from ${acts} act where ${same(relation.key, 'act', 'there')} and act.act = 'remove'`
  if (of?.bin === undefined) {
    await live.query(`delete from ${known} there using ${gone.replace('from ', '')}`)
    return
  }
  const counts = (rule.counts ?? []).map((column) => `, ${name(column)} = there.${name(column)} + 1`).join('')
  await live.query(`update ${known} there set ${name(of.bin)} = $1${counts} ${gone}`, [now])
}

async function changeBack(live: pg.ClientBase, table: PartTable): Promise<void> {
  const { relation, rule } = table
  const stay = new Set([...relation.key, ...(rule.keeps ?? [])])
  const set = relation.columns
    .map((column) => column.name)
    .filter((column) => !stay.has(column))
    .map((column) =>
      rule.counts?.includes(column)
        ? `${name(column)} = greatest(there.${name(column)}, part.${name(column)}) + 1`
        : `${name(column)} = part.${name(column)}`
    )
  if (set.length === 0) return
  const change = `update ${table.name} there set ${set.join(', ')} from ${table.rows} part, ${table.acts} act
    where ${same(relation.key, 'part', 'there')} and ${same(relation.key, 'act', 'there')} and act.act = 'change'`
  if (await attempt(live, () => live.query(change))) return
  await changeOneByOne(live, table, change)
}

/** Where one row has to make room for the next, such as addresses that were handed on from one person to another, or exchanged. */
async function changeOneByOne(live: pg.ClientBase, table: PartTable, change: string): Promise<void> {
  const { acts, relation } = table
  const { rows } = await live.query<{ place: string }>(
    `select ctid::text as place from ${acts} where act = 'change' order by ${names(relation.key)}`
  )
  let waiting = rows.map(({ place }) => place)
  const aside = new Set<string>()
  while (waiting.length > 0) {
    const still: string[] = []
    for (const place of waiting)
      if (!(await attempt(live, () => live.query(`${change} and act.ctid = $1::tid`, [place])))) still.push(place)
    if (still.length === waiting.length) {
      const next = still.find((place) => !aside.has(place))
      // Nobody makes room any more: the attempt says for what.
      if (next === undefined || !(await moveAside(live, table, next)))
        await live.query(`${change} and act.ctid = $1::tid`, [still[0]])
      else aside.add(next)
    }
    waiting = still
  }
}

/** Gives a row, for a moment, what nobody else has. @returns false where nothing of it may be anything */
async function moveAside(
  live: pg.ClientBase,
  { name: known, relation, rule, acts }: PartTable,
  place: string
): Promise<boolean> {
  const columns = relation.columns.filter(
    ({ name: column, type }) =>
      type === 'text' &&
      !relation.key.includes(column) &&
      !rule.keeps?.includes(column) &&
      relation.unique.some((unique) => unique.columns.includes(column))
  )
  if (columns.length === 0) return false
  const set = columns.map(({ name: column }) => `${name(column)} = there.${name(column)} || md5(random()::text)`)
  return attempt(live, () =>
    live.query(
      `update ${known} there set ${set.join(', ')} from ${acts} act where ${same(relation.key, 'act', 'there')} and act.ctid = $1::tid`,
      [place]
    )
  )
}

/** @returns whether it worked; false where a place is taken for now */
async function attempt(live: pg.ClientBase, work: () => Promise<unknown>): Promise<boolean> {
  await live.query('savepoint change_back')
  try {
    await work()
    await live.query('release savepoint change_back')
    return true
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '23505') throw error
    await live.query('rollback to savepoint change_back')
    return false
  }
}

async function bringBack(live: pg.ClientBase, table: PartTable, { asOf, now }: Counting): Promise<void> {
  const { relation, rule, rows, acts } = table
  const columns = relation.columns.map((column) => column.name)
  const further = Math.max(1, Math.ceil((now.getTime() - asOf.getTime()) / 1000))
  const values = columns.map((column) =>
    rule.counts?.includes(column) ? `part.${name(column)} + ${further}` : `part.${name(column)}`
  )
  await live.query(
    `insert into ${table.name} (${names(columns)}) select ${values.join(', ')} from ${rows} part
     join ${acts} act on ${same(relation.key, 'act', 'part')} and act.act = 'add'`
  )
}

/** Integrity is PostgreSQL's: what it refuses is said in its words, which name the row. */
async function refusingClashes(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !error.code?.startsWith('23')) throw error
    throw new BackupError(
      'backup.part-clash',
      `${error.schema ?? ''}.${error.table ?? ''}: ${error.detail ?? error.message} Nothing was changed. Mend that row where it is now, and do this again.`,
      'refused',
      { cause: error }
    )
  }
}
