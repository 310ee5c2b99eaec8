import type { CatalogTable } from '@lyceum/platform/catalog'
import type { Connection } from '@lyceum/platform/copy-mark'
import type { Findings } from './finding.ts'
import { type Needles, together } from './needles.ts'
import { readRows } from './read-rows.ts'

/** What the planner remembers of columns is values of them. */
const STATISTICS = `
  select format('%I.%I', schemaname, tablename) as table, attname as column,
    concat_ws(' ', most_common_vals::text, histogram_bounds::text, most_common_elems::text) as values
  from pg_stats where schemaname not like 'pg\\_%' and schemaname <> 'information_schema'`

/** Looks through every column of every row, and through what PostgreSQL remembers of them. @returns columns looked at */
export async function scanTables(
  connection: Connection,
  catalog: readonly CatalogTable[],
  needles: Needles,
  findings: Findings
): Promise<number> {
  for (const table of catalog)
    await readRows(connection, table, (batch) => {
      for (const [at, { name }] of table.columns.entries())
        findings.add(table.name, name, needles.find(together(batch.map((row) => row[at] ?? null))))
    })
  const { rows } = await connection.query<{ table: string; column: string; values: string }>(STATISTICS)
  for (const { table, column, values } of rows) findings.add(`pg_stats of ${table}`, column, needles.find(values))
  return catalog.reduce((sum, { columns }) => sum + columns.length, 0)
}
