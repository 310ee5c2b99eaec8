import type { Tx } from '../../db/transaction.ts'
import type { Context } from '../../module/module.ts'

/** Every table of a module, by its name with schema as PostgreSQL writes it: `"user".person`. */
export type PartRules = Readonly<Record<string, PartRule>>

/** What becomes of the rows of a table when one part of an installation is brought back from a backup while the rest goes on. */
export type PartRule =
  /** Nothing: what is there stays, and nothing comes back. Says why. */
  { readonly stays: string } | Returns

export interface Returns {
  /** Column that says which tenant a row belongs to. */
  readonly tenant: string
  /** Rows come back only together with the row of that table which they belong to, and stay as they are otherwise. */
  readonly with?: { readonly table: string; readonly columns: Columns; readonly why: string }
  /** Rows that nobody looks at, here or there, as a condition in SQL: what is half done. */
  readonly except?: string
  /** Columns in which what is there now stays, where the row is there. */
  readonly keeps?: readonly string[]
  /** Columns that only ever count up, so that nobody takes an old state for the newest. */
  readonly counts?: readonly string[]
  /** Columns that come back as something else than they were: SQL over the row as it was. */
  readonly as?: Readonly<Record<string, string>>
  /** How rows are called in a plan, as SQL: a title, an address. */
  readonly called?: string
  /** Where a row names an object in storage that has to be there. */
  readonly file?: { readonly column: string; readonly where: string }
  /** How rows belong to something smaller than a tenant, by its kind. A table that says nothing has nothing to do with it. */
  readonly of?: Readonly<Record<string, PartOf>>
  /** What has to follow in the same transaction, after the rows of all tables. */
  readonly finish?: (given: Finish) => Promise<void>
}

/** Columns of the table that speaks, each with the column of the other table that it names. */
type Columns = Readonly<Record<string, string>>

export interface PartOf {
  /** Which rows, as a condition in SQL; `$1` is the tenant, `$2` the part. */
  readonly where: string
  /**
   * `root` the one row that is the part; goes `back`. `back` becomes as it was. `again` as well, but nothing of what is there goes.
   * `missing` only what is not there comes back. `with-it` the same, and only where the part itself is gone: otherwise it went on.
   */
  readonly how: 'root' | 'back' | 'again' | 'missing' | 'with-it'
  /** Column with the time since when a row is in the bin: what came since goes there instead of being removed. */
  readonly bin?: string
  /** Rows whose row of that table is not there any more stay away. */
  readonly needs?: { readonly table: string; readonly columns: Columns }
}

export interface Finish {
  /** The transaction, as the owner of the database: fenced by nothing, with the tenant as the one of defaults. */
  readonly tx: <Tables>() => Tx<Tables>
  readonly tenantId: string
  /** Null where the whole tenant went back. */
  readonly id: string | null
  readonly now: Date
  readonly publish: Context<unknown>['publish']
  readonly enqueue: Context<unknown>['enqueue']
  /**
   * A table with the key of every row of this table that was looked at, and `act`: `add`, `change`, `remove` or `same`. Where rows name objects
   * in storage, `file` is the one that was named before.
   */
  readonly acts: string
}

export const stays = (why: string): PartRule => ({ stays: why })

/** Goes back to how it was with its tenant. */
export const ofTenant = (more: Omit<Returns, 'tenant'> = {}): PartRule => ({ tenant: 'tenant_id', ...more })
