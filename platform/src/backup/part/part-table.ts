import pg from 'pg'
import { BackupError } from '../backup-error.ts'
import type { PartOf, PartRules, Returns } from './part-rule.ts'
import { inOrder, type Relation } from './relations.ts'

/** What is to be brought back: a tenant, or something smaller in it. */
export interface Part {
  readonly tenantId: string
  /** Null for everything of the tenant. */
  readonly of: { readonly kind: string; readonly id: string } | null
}

/** A table that has rows of the part, and the SQL that speaks of them. */
export interface PartTable {
  readonly name: string
  readonly relation: Relation
  readonly rule: Returns
  readonly how: PartOf['how']
  readonly of: PartOf | null
  /** Temporary table with the rows as they were. */
  readonly rows: string
  /** Temporary table with what becomes of each row. */
  readonly acts: string
  /** Conditions over the table: rows of the tenant, and rows that belong to the part. */
  readonly ofTenant: string
  readonly belongs: string
}

/** Tables of which nobody has said what becomes of them, and tables that were declared and are not there. */
export const findGaps = (
  rules: PartRules,
  relations: ReadonlyMap<string, Relation>
): { readonly undeclared: readonly string[]; readonly unknown: readonly string[] } => ({
  undeclared: [...relations.keys()].filter((name) => rules[name] === undefined),
  unknown: Object.keys(rules).filter((name) => !relations.has(name))
})

/**
 * The tables that a part lies in, each behind those it leans on. What nobody has declared is not ours, and is left alone.
 * @throws Error where a declared one is not there, or they lean on each other in a circle
 */
export function tablesOf(part: Part, rules: PartRules, relations: ReadonlyMap<string, Relation>): PartTable[] {
  const concerned = Object.entries(rules).flatMap(([name, rule]) =>
    'stays' in rule || (part.of !== null && rule.of?.[part.of.kind] === undefined) ? [] : [{ name, rule }]
  )
  const byName = new Map(concerned.map(({ name, rule }) => [name, rule]))
  const root = concerned.find(({ rule }) => part.of !== null && rule.of?.[part.of.kind]?.how === 'root')?.name
  const leansOn = (name: string): string[] => {
    const rule = byName.get(name)
    const of = part.of === null ? undefined : rule?.of?.[part.of.kind]
    return [
      ...(relations.get(name)?.references ?? []),
      ...(rule?.with && part.of === null ? [rule.with.table] : []),
      ...(of?.needs ? [of.needs.table] : []),
      ...(of?.how === 'with-it' && root !== undefined ? [root] : [])
    ]
  }
  return inOrder([...byName.keys()], leansOn).map((table, at) => {
    const [relation, rule] = [relations.get(table), byName.get(table)]
    if (relation === undefined || rule === undefined) throw new Error(`There is no table ${table}`)
    if (relation.key.length === 0) throw new Error(`${table} has no primary key, so nobody can say which row is which`)
    const of = part.of === null ? null : (rule.of?.[part.of.kind] ?? null)
    return {
      name: table,
      relation,
      rule,
      how: of?.how ?? (rule.tenant === 'id' ? 'root' : rule.with ? 'missing' : 'back'),
      of,
      rows: `pg_temp.part_${at}_rows`,
      acts: `pg_temp.part_${at}_acts`,
      ofTenant: `${name(rule.tenant)} = ${uuid(part.tenantId)}`,
      belongs: conditionOf(part, rule, of)
    }
  })
}

function conditionOf({ tenantId, of: what }: Part, rule: Returns, of: PartOf | null): string {
  return [
    `${name(rule.tenant)} = ${uuid(tenantId)}`,
    ...(rule.except === undefined ? [] : [`not (${rule.except})`]),
    ...(of === null || what === null
      ? []
      : [`(${of.where.replaceAll('$1', uuid(tenantId)).replaceAll('$2', uuid(what.id))})`])
  ].join(' and ')
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** As SQL: where a cursor or a table is made, values cannot be handed in. */
function uuid(value: string): string {
  if (!UUID.test(value)) throw new BackupError('backup.no-part', `“${value}” is no id.`, 'refused')
  return `'${value}'::uuid`
}

/** A name as SQL. */
export const name = (column: string): string => pg.escapeIdentifier(column)
export const names = (columns: readonly string[], of?: string): string =>
  columns.map((column) => (of === undefined ? name(column) : `${of}.${name(column)}`)).join(', ')
/** Rows of two tables have the same values in these columns. */
export const same = (columns: readonly string[], one: string, other: string): string =>
  columns.map((column) => `${one}.${name(column)} = ${other}.${name(column)}`).join(' and ')
