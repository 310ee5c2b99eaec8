/** What a mark needs of a connection; it is the owner's. */
export interface Connection {
  query<Row extends object>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>
}

/**
 * How far a copy of an installation is from holding nobody any more:
 * `restored` people are in it; `anonymising` people are in it, and stand-ins perhaps among the files; `rewritten` rows are
 * stand-ins and old bytes may lie about; `not-clean` the scan found somebody; `clean` the scan found nobody.
 */
export const copyStates = ['restored', 'anonymising', 'rewritten', 'not-clean', 'clean'] as const
export type CopyState = (typeof copyStates)[number]

export interface CopyMark {
  readonly state: CopyState
  /** What it was restored from, such as the id of a backup set. */
  readonly of: string
  readonly madeAt: Date
  /** When `state` was reached. */
  readonly since: Date
}

/** The database is a copy and must not be used like this. */
export class CopyRefused extends Error {
  readonly code = 'copy.refused'
}

/**
 * Made by nothing but a restore: no migration makes it, so an original never has it, whatever its schema.
 */
const TABLE = `
  create table if not exists public.lyceum_copy (
    singleton boolean primary key default true check (singleton),
    state text not null check (state in (${copyStates.map((state) => `'${state}'`).join(', ')})),
    of text not null,
    made_at timestamptz not null,
    since timestamptz not null
  )`

/** Says that this database is a copy, as `lyceum restore` does for what is not to serve people. Twice is once more `restored`. */
export async function markAsCopy(
  connection: Connection,
  { of, now }: { readonly of: string; readonly now: Date }
): Promise<void> {
  await connection.query(TABLE)
  await connection.query(
    `insert into public.lyceum_copy (state, of, made_at, since) values ('restored', $1, $2, $2)
     on conflict (singleton) do update set state = excluded.state, of = excluded.of, made_at = excluded.made_at, since = excluded.since`,
    [of, now]
  )
}

/** Undefined for an original. */
export async function readCopyMark(connection: Connection): Promise<CopyMark | undefined> {
  const { rows: found } = await connection.query<{ there: boolean }>(
    `select to_regclass('public.lyceum_copy') is not null as there`
  )
  if (!found[0]?.there) return undefined
  const { rows } = await connection.query<{ state: string; of: string; madeAt: Date; since: Date }>(
    'select state, of, made_at as "madeAt", since from public.lyceum_copy'
  )
  const [mark] = rows
  if (!mark) return undefined
  // What this release does not know is as unfinished as anything.
  return { ...mark, state: copyStates.find((state) => state === mark.state) ?? 'anonymising' }
}

/** Moves the mark on; part of the caller's transaction, where there is one. */
export async function setCopyState(connection: Connection, state: CopyState, now: Date): Promise<void> {
  await connection.query('update public.lyceum_copy set state = $1, since = $2', [state, now])
}

/**
 * Whether the product may be started on a database with this mark.
 * @param production what the installation says it is
 * @throws CopyRefused with what to do
 */
export function mustBeUsable(mark: CopyMark | undefined, production: boolean): void {
  if (!mark) return
  const copy = `This database is a copy of ${mark.of}`
  if (mark.state === 'anonymising')
    throw new CopyRefused(
      `${copy}, and was not finished being made anonymous: people are still in it. Run lyceum anonymise again to the end, or remove the copy.`
    )
  if (mark.state === 'rewritten' || mark.state === 'not-clean')
    throw new CopyRefused(
      `${copy}, and it is not proven that nobody is in it any more. Remove it, restore it again, and run lyceum anonymise to the end.`
    )
  if (mark.state === 'clean' && production)
    throw new CopyRefused(
      `${copy} with invented people in place of the real ones. It cannot serve a school: set LYCEUM_ENV=staging, or restore a backup.`
    )
}
