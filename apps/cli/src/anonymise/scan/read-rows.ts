import type { CatalogTable } from '@lyceum/platform/catalog'
import type { Connection } from '@lyceum/platform/copy-mark'
import pg from 'pg'

/** A connection in a transaction. */
export type Rows = Connection

const BATCH = 500

/** Every row of a table, each column as text. */
export async function readRows(
  connection: Rows,
  { name, columns }: CatalogTable,
  take: (batch: readonly (readonly (string | null)[])[]) => void
): Promise<number> {
  const values = columns.map((column) =>
    // As a text where it is one, and as its digits otherwise.
    column.type === 'bytea'
      ? `encode(${pg.escapeIdentifier(column.name)}, 'hex')`
      : `${pg.escapeIdentifier(column.name)}::text`
  )
  await connection.query(
    `declare reading no scroll cursor for select array[${values.join(', ')}]::text[] as "values" from ${name}`
  )
  let count = 0
  for (;;) {
    const { rows } = await connection.query<{ values: (string | null)[] }>(`fetch ${BATCH} from reading`)
    if (rows.length === 0) break
    take(rows.map((row) => row.values))
    count += rows.length
  }
  await connection.query('close reading')
  return count
}
