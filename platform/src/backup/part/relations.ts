import type { Connection } from '../../copy/copy-mark.ts'

/** A table as the catalogue of the database knows it. */
export interface Relation {
  /** With schema, quoted where PostgreSQL wants it. */
  readonly name: string
  /** Those that can be written; PostgreSQL writes the others itself. */
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Columns of the primary key. */
  readonly key: readonly string[]
  /** Other unique indexes over plain columns. */
  readonly unique: readonly { readonly columns: readonly string[]; readonly where: string | null }[]
  /** Tables that its foreign keys name. */
  readonly references: readonly string[]
}

/** Every table that this product or a module of it has made. */
export async function readRelations(connection: Connection): Promise<Map<string, Relation>> {
  const { rows } = await connection.query<Relation>(`
    select format('%I.%I', space.nspname, class.relname) as name,
      (select coalesce(json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) order by attnum), '[]')
       from pg_attribute where attrelid = class.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
      (select coalesce(json_agg(attname order by place), '[]')
       from pg_index, unnest(indkey::int2[]) with ordinality as part (attnum, place)
       join pg_attribute on pg_attribute.attnum = part.attnum and attrelid = class.oid
       where indrelid = class.oid and indisprimary and place <= indnkeyatts) as key,
      (select coalesce(json_agg(json_build_object('columns', names, 'where', pg_get_expr(indpred, indrelid))), '[]')
       from pg_index, lateral (
         select json_agg(attname order by place) as names
         from unnest(indkey::int2[]) with ordinality as part (attnum, place)
         join pg_attribute on pg_attribute.attnum = part.attnum and attrelid = class.oid
         where place <= indnkeyatts
       ) named
       where indrelid = class.oid and indisunique and not indisprimary and indexprs is null) as "unique",
      (select coalesce(json_agg(distinct format('%I.%I', other_space.nspname, other.relname)), '[]')
       from pg_constraint
       join pg_class other on other.oid = confrelid join pg_namespace other_space on other_space.oid = other.relnamespace
       where conrelid = class.oid and contype = 'f' and confrelid <> conrelid) as references
    from pg_class class
    join pg_namespace space on space.oid = class.relnamespace
    where class.relkind in ('r', 'p') and class.relpersistence = 'p' and not class.relispartition
      and space.nspname not like 'pg\\_%' and space.nspname <> 'information_schema'`)
  return new Map(rows.map((row) => [row.name, row]))
}

/**
 * Tables so that each stands behind those it leans on.
 * @throws Error where they lean on each other in a circle
 */
export function inOrder(names: readonly string[], leansOn: (name: string) => readonly string[]): string[] {
  const placed: string[] = []
  const place = (name: string, trail: readonly string[]): void => {
    if (placed.includes(name)) return
    if (trail.includes(name)) throw new Error(`Tables lean on each other in a circle: ${[...trail, name].join(' → ')}`)
    for (const other of leansOn(name)) if (names.includes(other)) place(other, [...trail, name])
    placed.push(name)
  }
  for (const name of [...names].sort()) place(name, [])
  return placed
}
