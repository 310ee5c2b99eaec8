import type { Connection } from '../copy/copy-mark.ts'
import type { Columns } from './column-policy.ts'

export interface CatalogColumn {
  readonly name: string
  /** As `format_type` writes it: `uuid[]`, `timestamp with time zone`. */
  readonly type: string
  readonly nullable: boolean
  /** PostgreSQL writes it itself. */
  readonly generated: boolean
}

export interface CatalogTable {
  /** With schema, quoted where PostgreSQL wants it. */
  readonly name: string
  readonly columns: readonly CatalogColumn[]
}

/** Every table of a database with rows in it, those of the job queue and of extensions included; none of PostgreSQL's own. */
export async function readCatalog(connection: Connection): Promise<CatalogTable[]> {
  const { rows } = await connection.query<CatalogTable>(`
    select format('%I.%I', space.nspname, class.relname) as name,
      coalesce(json_agg(json_build_object(
        'name', attname, 'type', format_type(atttypid, atttypmod), 'nullable', not attnotnull, 'generated', attgenerated <> ''
      ) order by attnum) filter (where attname is not null), '[]') as columns
    from pg_class class
    join pg_namespace space on space.oid = class.relnamespace
    left join pg_attribute on attrelid = class.oid and attnum > 0 and not attisdropped
    where class.relkind in ('r', 'm') and class.relpersistence <> 't'
      and space.nspname not like 'pg\\_%' and space.nspname <> 'information_schema'
    group by 1 order by 1`)
  return rows
}

export interface PolicyGaps {
  /** In the database, and nobody has said what it is: `course.item.note`, or a whole table. */
  readonly undeclared: readonly string[]
  /** Declared, and not in the database. */
  readonly unknown: readonly string[]
}

/** Where policy and database do not fit. */
export function findGaps(catalog: readonly CatalogTable[], columns: Columns): PolicyGaps {
  const undeclared: string[] = []
  const known = new Map<string, ReadonlySet<string>>(
    catalog.map((table) => [table.name, new Set(table.columns.map(({ name }) => name))])
  )
  for (const table of catalog) {
    const policy = columns[table.name]
    if (policy === undefined) undeclared.push(table.name)
    else if ('columns' in policy)
      for (const { name } of table.columns)
        if (policy.columns[name] === undefined) undeclared.push(`${table.name}.${name}`)
  }
  const unknown = Object.entries(columns).flatMap(([table, policy]) => {
    const there = known.get(table)
    if (!there) return [table]
    return 'columns' in policy
      ? Object.keys(policy.columns).flatMap((column) => (there.has(column) ? [] : [`${table}.${column}`]))
      : []
  })
  return { undeclared, unknown }
}
