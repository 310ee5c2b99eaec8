import type { CatalogColumn, CatalogTable } from '@lyceum/platform/catalog'
import type { ColumnPolicy, Columns, TablePolicy } from '@lyceum/platform/column-policy'
import type { Connection } from '@lyceum/platform/copy-mark'
import type { StandIns } from '@lyceum/platform/stand-ins'
import pg from 'pg'
import { applyPolicy, type Noticed } from './apply-policy.ts'

export interface Rewriting {
  readonly connection: Connection
  readonly catalog: readonly CatalogTable[]
  readonly columns: Columns
  readonly standIns: StandIns
  readonly noticed: Noticed
  readonly tell: (line: string) => void
}

const BATCH = 2_000

/**
 * Puts stand-ins into every row of every table; in the transaction of the caller, who has taken the links between tables away.
 * @returns how many columns were changed
 */
export async function rewriteTables({
  connection,
  catalog,
  columns,
  standIns,
  noticed,
  tell
}: Rewriting): Promise<number> {
  let changed = 0
  for (const table of catalog) {
    const policy = columns[table.name]
    if (policy === undefined) throw new Error(`Nobody has said what ${table.name} is`)
    if ('emptied' in policy) {
      await connection.query(`truncate ${table.name}`)
      changed += table.columns.length
      continue
    }
    if (policy.without) await connection.query(`delete from ${table.name} where ${policy.without.where}`)
    const due = dueColumns(table, policy)
    changed += due.length
    if (due.length === 0) continue
    const rows = await rewriteTable(connection, table.name, due, (column, value) =>
      applyPolicy(column.policy, value, standIns, noticed)
    )
    if (rows > 0) tell(`${table.name}: ${rows} rows`)
  }
  for (const policy of Object.values(columns)) if ('columns' in policy) await policy.finish?.(connection)
  return changed
}

interface DueColumn extends CatalogColumn {
  readonly policy: ColumnPolicy
}

function dueColumns({ columns }: CatalogTable, policy: Extract<TablePolicy, { columns: object }>): DueColumn[] {
  return columns.flatMap((column) => {
    const own = policy.columns[column.name]
    if (own === undefined || own.kind === 'kept' || own.kind === 'derived' || column.generated) return []
    return [{ ...column, policy: own }]
  })
}

/** Row by row under its address in the table: keys are replaced like everything else. */
async function rewriteTable(
  connection: Connection,
  table: string,
  columns: readonly DueColumn[],
  replace: (column: DueColumn, value: string) => string | null
): Promise<number> {
  const names = columns.map(({ name }) => pg.escapeIdentifier(name))
  await connection.query(
    `declare rewriting no scroll cursor for select ctid::text as "at", array[${names.map((name) => `${name}::text`).join(', ')}] as "values" from ${table}`
  )
  const update = `update ${table} as target set ${names.map((name, at) => `${name} = source.v${at}::${columns[at]?.type ?? 'text'}`).join(', ')}
    from unnest($1::tid[], ${names.map((_, at) => `$${at + 2}::text[]`).join(', ')}) as source(at, ${names.map((_, at) => `v${at}`).join(', ')})
    where target.ctid = source.at`
  let count = 0
  for (;;) {
    const { rows } = await connection.query<{ at: string; values: (string | null)[] }>(`fetch ${BATCH} from rewriting`)
    if (rows.length === 0) break
    const values = columns.map((column, at) =>
      rows.map((row) => {
        const value = row.values[at] ?? null
        return value === null ? null : replace(column, value)
      })
    )
    await connection.query(update, [rows.map(({ at }) => at), ...values])
    count += rows.length
  }
  await connection.query('close rewriting')
  return count
}
