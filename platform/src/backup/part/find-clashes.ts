import type pg from 'pg'
import { BackupError } from '../backup-error.ts'
import { name, type PartTable, same } from './part-table.ts'

const SHOWN = 5

/**
 * Rows whose place somebody else has taken since: an address, a short name, an id. Each in words.
 * What PostgreSQL alone can find is found when the rows are written.
 */
export async function findClashes(live: pg.ClientBase, tables: readonly PartTable[]): Promise<string[]> {
  const clashes: string[] = []
  for (const table of tables) {
    clashes.push(...(await takenIds(live, table)))
    for (const unique of table.relation.unique) clashes.push(...(await takenValues(live, table, unique)))
  }
  return clashes
}

/** @throws BackupError `backup.part-clash` that names every one */
export function mustNotClash(clashes: readonly string[]): void {
  if (clashes.length === 0) return
  throw new BackupError(
    'backup.part-clash',
    `Somebody else has what would come back:\n${clashes.map((one) => `  ${one}`).join('\n')}\nNothing was changed. Give that another value where it is now, or remove it, and do this again.`,
    'refused'
  )
}

/** A row that is to come back is there, and belongs to something else. */
async function takenIds(
  live: pg.ClientBase,
  { name: table, relation, rows, belongs, ofTenant, how }: PartTable
): Promise<string[]> {
  const { key } = relation
  const own = how === 'back' ? belongs : ofTenant
  const { rows: found } = await live.query<{ row: object }>(
    `select json_build_object(${pairs(key, 'there')}) as row from ${rows} part
     join (select * from ${table} where (${own}) is not true) there on ${same(key, 'part', 'there')} limit ${SHOWN}`
  )
  return found.map(({ row }) => `${table}: ${inWords(row)} belongs to another`)
}

async function takenValues(
  live: pg.ClientBase,
  { name: table, relation, rule, rows, acts, of }: PartTable,
  unique: PartTable['relation']['unique'][number]
): Promise<string[]> {
  const { key } = relation
  const where = unique.where === null ? '' : `where ${unique.where}`
  // What somebody keeps cannot take anybody's place.
  const coming = unique.columns.some((column) => rule.keeps?.includes(column)) ? `'add'` : `'add', 'change'`
  const going = of?.bin === undefined ? `'change', 'remove'` : `'change'`
  const { rows: found } = await live.query<{ wanted: object; there: object }>(
    `select json_build_object(${pairs(unique.columns, 'part')}) as wanted, json_build_object(${pairs(key, 'there')}) as there
     from (select * from ${rows} ${where}) part
     join ${acts} act on ${same(key, 'act', 'part')} and act.act in (${coming})
     join (select * from ${table} ${where}) there on ${same(unique.columns, 'part', 'there')}
     where not (${same(key, 'part', 'there')})
       and not exists (select from ${acts} other where ${same(key, 'other', 'there')} and other.act in (${going}))
     limit ${SHOWN}`
  )
  return found.map(({ wanted, there }) => `${table}: ${inWords(wanted)} is now of ${inWords(there)}`)
}

const pairs = (columns: readonly string[], of: string): string =>
  columns.map((column) => `'${column.replaceAll("'", "''")}', ${of}.${name(column)}`).join(', ')

const inWords = (row: object): string =>
  Object.entries(row)
    .filter(([column]) => column !== 'tenant_id')
    .map(([column, value]) => `${column}=${String(value)}`)
    .join(', ')
