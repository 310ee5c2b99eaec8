import type { Connection } from '../copy/copy-mark.ts'

/**
 * What takes the place of a text, each time the same for the same text:
 * `id` another UUID with the same instant in it (also in an array); `name` of a person; `school` its name; `email`; `text` as many words of the
 * same language, with the same marks around them; `html` the same tags around other words; `url` an address elsewhere; `path` the same
 * place of the product with other ids; `host`; `slug`; `file-name` with the same ending; `token` other random characters.
 */
export type Replacement =
  | 'id'
  | 'name'
  | 'school'
  | 'email'
  | 'text'
  | 'html'
  | 'url'
  | 'path'
  | 'host'
  | 'slug'
  | 'file-name'
  | 'token'

export type ColumnPolicy =
  /** `code`: looks like a secret and is none, such as the digest of a migration. */
  | { readonly kind: 'kept'; readonly why: string; readonly code?: true }
  | { readonly kind: 'gone'; readonly why: string }
  /** Written by something else than the rewriting of rows: by PostgreSQL, by `finish`, or with the bytes of a file. */
  | { readonly kind: 'derived'; readonly why: string }
  | { readonly kind: 'replaced'; readonly by: Replacement }
  /**
   * What is in it by its path: names from the top with dots between them, places in lists left out, `*` for any name. What no path names is
   * replaced as `text`, and so are names that are not words of a program.
   */
  | { readonly kind: 'json'; readonly paths: Readonly<Record<string, ColumnPolicy>> }

export type TablePolicy =
  /** Nothing of it is needed in a copy, or nothing of it may be. */
  | { readonly emptied: string }
  | {
      readonly columns: Readonly<Record<string, ColumnPolicy>>
      /** Rows that do not come along, as a condition in SQL. */
      readonly without?: { readonly where: string; readonly why: string }
      /** Fills in what is derived, after every table has been rewritten and in the same transaction. */
      readonly finish?: (connection: Connection) => Promise<void>
    }

/** Every table of a module, by its name with schema as PostgreSQL writes it: `"user".person`. */
export type Columns = Readonly<Record<string, TablePolicy>>

/** Tells nobody who somebody is; say why. */
export const kept = (why: string): ColumnPolicy => ({ kind: 'kept', why })
/** The same of letters and digits that look like a secret: the scan would take them for one. */
export const keptCode = (why: string): ColumnPolicy => ({ kind: 'kept', why, code: true })
/** Null afterwards. */
export const gone = (why: string): ColumnPolicy => ({ kind: 'gone', why })
export const derived = (why: string): ColumnPolicy => ({ kind: 'derived', why })
export const replaced = (by: Replacement): ColumnPolicy => ({ kind: 'replaced', by })
export const json = (paths: Readonly<Record<string, ColumnPolicy>>): ColumnPolicy => ({ kind: 'json', paths })

export const id = replaced('id')
export const text = replaced('text')
/** Instants stay: what happened in which order, and how long it took, is what a copy is looked at for. */
export const instant = kept('an instant; no name hangs on it')
export const count = kept('a number that counts or measures')
export const flag = kept('yes or no')
export const word = kept('one of the words of the product')
