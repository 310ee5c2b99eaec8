import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Tx } from './transaction.ts'

/** Stands for a value of every later run. */
type Place<Input> = (name: keyof Input) => RawBuilder<unknown>

/**
 * A statement that is put together at its first use and never again, for what is asked hundreds of times a second:
 * building and writing out a statement costs as much as reading a few rows.
 * @param build writes the statement; `place` stands for a value of the input, and nothing else may differ between runs
 */
export function standingQuery<Row, Input>(
  build: (place: Place<Input>) => RawBuilder<Row>
): <Tables>(tx: Tx<Tables>, input: Input) => Promise<Row[]> {
  let standing: { readonly query: CompiledQuery<Row>; readonly names: readonly (keyof Input)[] } | undefined
  return async (tx, input) => {
    standing ??= compile(build, tx)
    const { query, names } = standing
    const { rows } = await tx.executeQuery<Row>({ ...query, parameters: names.map((name) => input[name]) })
    return rows
  }
}

function compile<Row, Input, Tables>(build: (place: Place<Input>) => RawBuilder<Row>, tx: Tx<Tables>) {
  const places = new Map<unknown, keyof Input>()
  const query = build((name) => {
    const stand = Symbol(String(name))
    places.set(stand, name)
    return sql`${stand}`
  }).compile(tx)
  const names = query.parameters.map((stand) => {
    const name = places.get(stand)
    if (name === undefined) throw new Error(`A standing query holds a value of its own: ${query.sql}`)
    return name
  })
  return { query, names }
}
